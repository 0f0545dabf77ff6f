using System.Buffers;
using System.Globalization;
using System.Text;
using Mesh.Frames;
using Mesh.Protocols.Http.Bodies;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Records;

/// <summary>A record as a message of HTTP: its body under its content type, and everything else in headers of its own.</summary>
internal static class RecordHeaders
{
    public const string Sequence = "Mesh-Sequence";
    public const string Time = "Mesh-Time";
    public const string Id = "Mesh-Id";
    public const string Key = "Mesh-Key";
    public const string Producer = "Mesh-Producer";
    public const string TagPrefix = "Mesh-Tag-";
    public const string TtlSeconds = "Mesh-Ttl-Seconds";
    public const string DelaySeconds = "Mesh-Delay-Seconds";

    /// <summary>What a posted message says beside its body. Names of tags are lower case, as names of headers have no case.</summary>
    /// <exception cref="V1Refusal">A header has the wrong form.</exception>
    public static NewRecord Read(HttpRequest request)
    {
        var record = new NewRecord { ContentType = request.ContentType ?? "" };
        foreach (var (name, values) in request.Headers)
        {
            if (!name.StartsWith("Mesh-", StringComparison.OrdinalIgnoreCase)) continue;
            if (values.Count != 1) throw V1Refusal.Invalid($"The header {name} is there {values.Count} times; send it once.");
            Take(record, name, values.ToString());
        }

        return record;
    }

    /// <summary>Writes the whole answer.</summary>
    public static void Write(HttpResponse response, in RecordView record)
    {
        var headers = response.Headers;
        response.ContentType = BodyTypes.NameOf(record);
        response.ContentLength = record.Body.Length;
        headers[Sequence] = record.Sequence.ToString();
        headers[Time] = V1Text.Of(record.Time);
        if (record.Id != RingId.None) headers[Id] = record.Id.ToString();
        if (!record.Key.IsEmpty) headers[Key] = HeaderText.Encode(record.Key);
        if (!record.Producer.IsEmpty) headers[Producer] = HeaderText.Encode(record.Producer);
        if (record.TtlMicros > 0) headers[TtlSeconds] = V1Text.Seconds(record.TtlMicros).ToString(CultureInfo.InvariantCulture);
        if (record.DelayMicros > 0) headers[DelaySeconds] = V1Text.Seconds(record.DelayMicros).ToString(CultureInfo.InvariantCulture);
        for (var tags = new TagsReader(record.Tags); tags.MoveNext();)
            if (IsToken(tags.Name)) headers[TagPrefix + Encoding.ASCII.GetString(tags.Name)] = HeaderText.Encode(tags.Value);
        response.BodyWriter.Write(record.Body);
    }

    private static void Take(NewRecord record, string name, string value)
    {
        if (name.StartsWith(TagPrefix, StringComparison.OrdinalIgnoreCase) && name.Length > TagPrefix.Length)
            record.Tags.Add(Encoding.ASCII.GetBytes(name[TagPrefix.Length..].ToLowerInvariant()), HeaderText.Decode(value));
        else if (Is(Key)) record.Key = HeaderText.Decode(value);
        else if (Is(Producer)) record.Producer = HeaderText.Decode(value);
        else if (Is(TtlSeconds)) record.TtlMicros = ReadSeconds(name, value);
        else if (Is(DelaySeconds)) record.DelayMicros = ReadSeconds(name, value);
        else if (Is(Id)) record.Id = IdText.Parse("Mesh-Id", value);
        else if (!Is(V1Request.ProjectHeader))
            throw V1Refusal.Invalid($"The header {name} means nothing here; known are {Key}, {Producer}, {TagPrefix}*, {TtlSeconds}, {DelaySeconds}, {Id} and {V1Request.ProjectHeader}.");

        bool Is(string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
    }

    private static long ReadSeconds(string name, string value) =>
        decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && V1Text.Micros(seconds) is { } micros
            ? micros
            : throw V1Refusal.Invalid($"The header {name} is a number of seconds above 0, with up to six decimals; it is '{value}'.");

    /// <summary>RFC 9110, section 5.6.2: what may stand in the name of a header.</summary>
    private static bool IsToken(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return false;
        foreach (var value in name)
            if (!char.IsAsciiLetterOrDigit((char)value) && !"!#$%&'*+-.^_`|~".Contains((char)value, StringComparison.Ordinal)) return false;
        return true;
    }
}
