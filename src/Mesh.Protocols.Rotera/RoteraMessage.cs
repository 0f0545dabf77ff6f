using System.Buffers.Text;
using Mesh.Frames;

namespace Mesh.Protocols.Rotera;

/// <summary>
/// A record as a rotera message: its body. An entry that Redis clients appended with the one field <c>data</c>, as which they see a message of rotera, shows as that
/// field's value; other entries show as the RESP array of their fields, as it is stored.
/// </summary>
internal static class RoteraMessage
{
    private static ReadOnlySpan<byte> OneField => "*2\r\n$4\r\ndata\r\n$"u8;

    public static ReadOnlySpan<byte> Of(in RecordView record)
    {
        var body = record.Body;
        if (record.ContentType != ContentType.RespFields || !body.StartsWith(OneField)) return body;
        var value = body[OneField.Length..];
        if (!Utf8Parser.TryParse(value, out int length, out var digits)) return body;
        var start = digits + 2;
        return value.Length == start + length + 2 ? value.Slice(start, length) : body;
    }
}
