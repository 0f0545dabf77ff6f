using System.Buffers.Text;

namespace Mesh.Protocols.Resp.Addresses;

/// <summary>Fields as they are stored: an array of bulk strings, names and values in turn.</summary>
internal static class FieldsText
{
    private static ReadOnlySpan<byte> DataAlone => "*2\r\n$4\r\ndata\r\n$"u8;

    /// <returns>The value of <c>data</c> where it is the only field; else all that is stored.</returns>
    public static ReadOnlySpan<byte> OnlyData(ReadOnlySpan<byte> fields)
    {
        if (!fields.StartsWith(DataAlone)) return fields;
        var rest = fields[DataAlone.Length..];
        return Utf8Parser.TryParse(rest, out int length, out var digits) && rest.Length == digits + length + 4 ? rest.Slice(digits + 2, length) : fields;
    }
}
