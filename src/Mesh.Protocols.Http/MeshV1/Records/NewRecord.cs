using System.Text;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Http.Bodies;
using Mesh.Protocols.Http.Rse;

namespace Mesh.Protocols.Http.MeshV1.Records;

/// <summary>A record that a client posts, in whatever form it came. Checked as it is added to a segment, so that every door can show what is stored.</summary>
internal sealed class NewRecord
{
    public const int KeyBytesMax = 4096;
    public const int ProducerBytesMax = 1024;
    public const int TagsBytesMax = 64 * 1024;
    public const int TypeCharsMax = 256;

    /// <summary>Where it is in the request, for error texts: empty, or such as <c>records[2].</c>.</summary>
    public string Place { get; init; } = "";

    /// <summary>Null when the client names none.</summary>
    public byte[]? Key { get; set; }

    public byte[] Producer { get; set; } = [];

    public TagsWriter Tags { get; } = new();

    /// <summary>The name of its type.</summary>
    public string ContentType { get; set; } = "";

    public long TtlMicros { get; set; }

    public long DelayMicros { get; set; }

    /// <summary>Rings: an id of its own.</summary>
    public RingId? Id { get; set; }

    /// <exception cref="V1Refusal">It breaks a rule; nothing was added.</exception>
    public void AddTo(SegmentWriter segment, AddressedStream stream, ReadOnlySpan<byte> body)
    {
        var key = KeyFor(stream);
        var code = BodyTypes.CodeOf(ContentType);
        CheckBounds(stream.Stream.Kind);
        CheckBody(code, key, body);
        segment.Add(
            new RecordFields
            {
                Key = key,
                Producer = Producer,
                Tags = Tags.Written,
                ContentType = code,
                ContentTypeName = code == Frames.ContentType.Other ? Encoding.UTF8.GetBytes(ContentType) : default,
                TtlMicros = TtlMicros,
                DelayMicros = DelayMicros,
                Id = Id,
            },
            body);
    }

    /// <summary>A record posted to a view has the view's key.</summary>
    private byte[] KeyFor(AddressedStream stream)
    {
        var ofView = stream.Key is null ? null : Encoding.UTF8.GetBytes(stream.Key);
        if (ofView is not null && Key is not null && !Key.AsSpan().SequenceEqual(ofView))
            throw V1Refusal.Invalid($"{Place}key must be '{stream.Key}', which {stream.Address} names, or be left out; it is '{Encoding.UTF8.GetString(Key)}'.");
        var key = ofView ?? Key ?? (stream.Stream.Kind == StreamKind.Room ? RoomHistory.RoomOf(stream.Stream) : []);
        if (key.Length > KeyBytesMax) throw V1Refusal.Invalid($"{Place}key has at most {KeyBytesMax} bytes; it has {key.Length}.");
        if (stream.Stream.Kind == StreamKind.Channel && !IsPath(Encoding.UTF8.GetString(key)))
            throw V1Refusal.Invalid(
                $"{Place}key of a channel is empty, or a path such as /agent7 in which whatever is not a letter, a digit or one of -_.~/!$&'()*+,;=:@ is percent-encoded; it is '{Encoding.UTF8.GetString(key)}'.");
        return key;
    }

    /// <summary>True for what a record of a channel may have as its key: nothing, or a path in RSE's one spelling.</summary>
    public static bool IsPath(string key) =>
        key.Length == 0 || (key[0] == '/' && ChannelPath.IsWithinBounds(key) && PercentEncoding.Normalise(key) == key);

    private void CheckBounds(StreamKind kind)
    {
        if (Producer.Length > ProducerBytesMax) throw V1Refusal.Invalid($"{Place}producer has at most {ProducerBytesMax} bytes; it has {Producer.Length}.");
        if (Tags.Written.Length > TagsBytesMax) throw V1Refusal.Invalid($"{Place}tags have at most {TagsBytesMax} bytes together; these have {Tags.Written.Length}.");
        if (ContentType.Length > TypeCharsMax) throw V1Refusal.Invalid($"{Place}contentType has at most {TypeCharsMax} characters; it has {ContentType.Length}.");
        if (kind != StreamKind.Ring && Id is not null) throw V1Refusal.Invalid($"{Place}id is for rings; this is a {kind}.");
        if (kind != StreamKind.Queue && (TtlMicros > 0 || DelayMicros > 0))
            throw V1Refusal.Invalid($"{Place}ttlSeconds and delaySeconds are for queues; this is a {kind}, which keeps records as its retention says.");
    }

    /// <summary>What stands behind a type that other doors rely on must be what the type says.</summary>
    private void CheckBody(ContentType code, byte[] key, ReadOnlySpan<byte> body)
    {
        switch (code)
        {
            case Frames.ContentType.Json when !BodyForms.IsJson(body):
                throw V1Refusal.Invalid($"{Place}body is not JSON of at most {BodyForms.JsonDepthMax} levels, as its type {ContentType} says. Send JSON, or name the type that it has.");
            case Frames.ContentType.Text when !System.Text.Unicode.Utf8.IsValid(body):
                throw V1Refusal.Invalid($"{Place}body is not UTF-8, as its type {ContentType} says.");
            case Frames.ContentType.RespFields when !RespFieldsBody.IsWhole(body):
                throw V1Refusal.Invalid($"{Place}body is not a RESP array of an even number of bulk strings, as its type {ContentType} says.");
            case Frames.ContentType.ProtobusEvent when EventFields.Read(body) is not { } fields || !fields.Topic.AsSpan().SequenceEqual(key):
                throw V1Refusal.Invalid($"{Place}body is not an encoded event whose topic is the key, as its type {ContentType} says.");
            case Frames.ContentType.Sealed:
                throw V1Refusal.Invalid($"{Place}contentType {ContentType} is for what the server itself has encrypted.");
        }
    }
}
