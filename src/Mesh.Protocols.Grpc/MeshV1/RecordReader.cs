using System.Text;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>
/// Reads records as clients send them (<c>NewRecord</c>) into a segment, where they lie: one pass, nothing is allocated. Not thread-safe.
/// </summary>
/// <param name="target">Where they go.</param>
/// <param name="tag">A tag that each has, whatever the client says; null for none.</param>
internal sealed class RecordReader(AppendTarget target, (string Name, string Value)? tag = null)
{
    /// <summary>Bytes of a key, a producer or a content type, at the most.</summary>
    public const int TextBytesMax = 4096;

    private readonly TagsWriter _tags = new();
    private readonly byte[]? _key = target.Key is { } key ? Encoding.UTF8.GetBytes(key) : target.Kind == StreamKind.Room ? RoomHistory.RoomOf(target.Stream) : null;

    /// <summary>Adds all records of an <c>AppendRequest</c> or <c>AppendStreamRequest</c>.</summary>
    /// <exception cref="GrpcException">INVALID_ARGUMENT: a record is not right. The message's records before it were added.</exception>
    public void AddAll(ReadOnlySpan<byte> message, SegmentWriter segment)
    {
        try
        {
            var fields = new ProtobufReader(message);
            while (fields.MoveNext())
                if (fields.Is(AppendFields.Records, WireType.Length)) Add(fields.Bytes, segment);
        }
        catch (CorruptFrameException wrong)
        {
            throw ProtobufReader.Invalid(wrong.Message.TrimEnd('.'));
        }
    }

    private void Add(ReadOnlySpan<byte> message, SegmentWriter segment)
    {
        var record = new RecordFields { ContentType = ContentType.Bytes };
        var body = ReadOnlySpan<byte>.Empty;
        var hasTags = false;
        var fields = new ProtobufReader(message);
        while (fields.MoveNext())
        {
            if (fields.Type != WireType.Length) continue;
            switch (fields.Number)
            {
                case NewRecordFields.Body:
                    body = fields.Bytes;
                    break;
                case NewRecordFields.Key:
                    record.Key = Text(fields.Bytes, "a key");
                    break;
                case NewRecordFields.Tags:
                    AddTag(fields.Bytes, isFirst: !hasTags);
                    hasTags = true;
                    break;
                case NewRecordFields.ContentType:
                    record.ContentType = ContentTypeOf(Text(fields.Bytes, "a content type"), out record.ContentTypeName);
                    break;
                case NewRecordFields.Producer:
                    record.Producer = Text(fields.Bytes, "a producer");
                    break;
                case NewRecordFields.Ttl:
                    record.TtlMicros = Micros(fields.Bytes, "ttl");
                    break;
                case NewRecordFields.Delay:
                    record.DelayMicros = Micros(fields.Bytes, "delay");
                    break;
                case NewRecordFields.Id when !fields.Bytes.IsEmpty:
                    record.Id = IdOf(fields.Bytes);
                    break;
            }
        }

        if (tag is { } given) AddTag(given, isFirst: !hasTags);
        if (hasTags || tag is not null) record.Tags = _tags.Written;
        if (record.DelayMicros + record.TtlMicros > 0 && target.Kind != StreamKind.Queue)
            throw Wrong("Only records of queues have a ttl or a delay; others are kept as their stream's retention says. Leave them out.");
        CheckBody(record.ContentType, body);
        record.Key = KeyOf(record.Key);
        segment.Add(record, body);
    }

    /// <summary>A view gives its key; whoever names another one is mistaken.</summary>
    private ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> key)
    {
        if (_key is not null)
        {
            return key.IsEmpty || key.SequenceEqual(_key)
                ? _key
                : throw Wrong($"The address names the key '{target.Key}', and a record the key '{Encoding.UTF8.GetString(key)}'. Leave the record's key out, or append to {target.Stream.Kind}s as a whole.");
        }

        if (target.Kind == StreamKind.Channel && !key.IsEmpty && key[0] != '/')
            throw Wrong($"A key within a channel begins with a slash; '{Encoding.UTF8.GetString(key)}' does not.");
        return key;
    }

    private void AddTag(ReadOnlySpan<byte> entry, bool isFirst)
    {
        if (isFirst) _tags.Reset();
        ReadOnlySpan<byte> name = default, value = default;
        var fields = new ProtobufReader(entry);
        while (fields.MoveNext())
        {
            if (fields.Is(1, WireType.Length)) name = Text(fields.Bytes, "a tag's name");
            else if (fields.Is(2, WireType.Length)) value = ProtobufReader.Text(fields.Bytes, "the value of a tag");
        }

        _tags.Add(name, value);
    }

    private void AddTag((string Name, string Value) given, bool isFirst)
    {
        if (isFirst) _tags.Reset();
        _tags.Add(Encoding.UTF8.GetBytes(given.Name), Encoding.UTF8.GetBytes(given.Value));
    }

    /// <summary>What other doors show as JSON or as text must be that.</summary>
    private static void CheckBody(ContentType type, ReadOnlySpan<byte> body)
    {
        if (type == ContentType.Json && !JsonText.IsJson(body)) throw Wrong($"A record's body is not JSON of at most {JsonText.DepthMax} levels, as its content_type says. Send JSON, or name the type that it has.");
        if (type == ContentType.Text && !System.Text.Unicode.Utf8.IsValid(body)) throw Wrong("A record's body is not UTF-8, as its content_type says. Name the type that it has.");
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes, string what) =>
        bytes.Length <= TextBytesMax ? ProtobufReader.Text(bytes, what) : throw Wrong($"The text of {what} may have at most {TextBytesMax} bytes; this one has {bytes.Length}.");

    private ContentType ContentTypeOf(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name)
    {
        var type = ContentTypeNames.Parse(text, out name);
        return type is not (ContentType.RespFields or ContentType.ProtobusEvent or ContentType.Sealed)
            ? type
            : throw Wrong($"The content type {Encoding.UTF8.GetString(text)} is given by the door that takes such records ({type}); a record appended here cannot claim it.");
    }

    private static long Micros(ReadOnlySpan<byte> duration, string what)
    {
        long seconds = 0, nanos = 0;
        var fields = new ProtobufReader(duration);
        while (fields.MoveNext())
        {
            if (fields.Is(1, WireType.Varint)) seconds = (long)fields.Varint;
            else if (fields.Is(2, WireType.Varint)) nanos = (long)fields.Varint;
        }

        if (seconds < 0 || nanos is < 0 or > 999_999_999 || seconds > AppendTarget.SpanSecondsMax)
            throw Wrong($"A record's {what} must be 0 to {AppendTarget.SpanSecondsMax} seconds; it is {seconds} s and {nanos} ns.");

        // What is shorter than the log can tell still is a time to live.
        return (seconds * 1_000_000) + ((nanos + 999) / 1_000);
    }

    private RingId? IdOf(ReadOnlySpan<byte> text)
    {
        if (target.Kind != StreamKind.Ring) throw Wrong("Only records of rings have ids; leave it out.");
        var dash = text.IndexOf((byte)'-');
        return dash > 0
            && System.Buffers.Text.Utf8Parser.TryParse(text[..dash], out ulong milliseconds, out var first) && first == dash
            && System.Buffers.Text.Utf8Parser.TryParse(text[(dash + 1)..], out ulong number, out var second) && second == text.Length - dash - 1
            ? new RingId(milliseconds, number)
            : throw Wrong($"A record's id is milliseconds-number, such as 1526919030474-55; it is '{Encoding.UTF8.GetString(text)}'.");
    }

    private static GrpcException Wrong(string what) => new(StatusCode.InvalidArgument, what);
}
