using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Mesh.Protocols.Http.Bodies;

/// <summary>Fields of a Redis stream entry, stored as a RESP array of bulk strings, field and value in turn (FORMAT.md, "Record"; Redis serialization protocol, RESP2).</summary>
internal static class RespFieldsBody
{
    /// <summary>True for whole fields, text or not.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> body) => IsWhole(body, mustBeText: false);

    /// <summary>True for whole fields that are all text.</summary>
    public static bool IsText(ReadOnlySpan<byte> body) => IsWhole(body, mustBeText: true);

    /// <summary>Writes fields for which <see cref="IsText"/> holds: an object, or where a field comes twice an array.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> body)
    {
        var isObject = IsObject(body);
        if (isObject) json.WriteStartObject();
        else json.WriteStartArray();
        var fields = new Reader(body);
        for (var isName = true; fields.MoveNext(); isName = !isName)
        {
            if (isObject && isName) json.WritePropertyName(fields.Current);
            else json.WriteStringValue(fields.Current);
        }

        if (isObject) json.WriteEndObject();
        else json.WriteEndArray();
    }

    /// <summary>The stored form of an object of strings, or of an array of an even number of them.</summary>
    /// <returns>Null when it is neither, or holds nothing.</returns>
    public static byte[]? Encode(JsonElement fields)
    {
        var texts = fields.ValueKind switch
        {
            JsonValueKind.Object => fields.EnumerateObject().SelectMany(field => new[] { field.Name, Text(field.Value) }).ToList(),
            JsonValueKind.Array => [.. fields.EnumerateArray().Select(Text)],
            _ => [],
        };
        return texts.Count == 0 || texts.Count % 2 != 0 || texts.Contains(null) ? null : Encode(texts!);
    }

    private static bool IsWhole(ReadOnlySpan<byte> body, bool mustBeText)
    {
        var fields = new Reader(body);
        var count = 0;
        while (fields.MoveNext())
        {
            if (mustBeText && !Utf8.IsValid(fields.Current)) return false;
            count++;
        }

        return fields.IsWhole && count > 0 && count % 2 == 0;
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[] Encode(List<string> texts)
    {
        var body = new ArrayBufferWriter<byte>();
        Put("*", texts.Count);
        foreach (var text in texts)
        {
            Put("$", Encoding.UTF8.GetByteCount(text));
            Encoding.UTF8.GetBytes(text, body);
            body.Write("\r\n"u8);
        }

        return body.WrittenSpan.ToArray();

        void Put(string mark, int number) => Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{mark}{number}\r\n"), body);
    }

    private static bool IsObject(ReadOnlySpan<byte> body)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var fields = new Reader(body);
        for (var isName = true; fields.MoveNext(); isName = !isName)
            if (isName && !names.Add(Encoding.UTF8.GetString(fields.Current))) return false;
        return true;
    }

    /// <summary>Walks the strings of an array.</summary>
    private ref struct Reader
    {
        private ReadOnlySpan<byte> _rest;
        private int _left;

        public Reader(ReadOnlySpan<byte> body)
        {
            _rest = body;
            IsWhole = TryHeader((byte)'*', out _left);
        }

        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>False when the bytes are something else.</summary>
        public bool IsWhole { get; private set; }

        public bool MoveNext()
        {
            if (!IsWhole) return false;
            if (_left == 0)
            {
                IsWhole = _rest.IsEmpty;
                return false;
            }

            _left--;
            IsWhole = TryHeader((byte)'$', out var length) && _rest.Length - 2 >= length && _rest[length..].StartsWith("\r\n"u8);
            if (!IsWhole) return false;
            Current = _rest[..length];
            _rest = _rest[(length + 2)..];
            return true;
        }

        private bool TryHeader(byte mark, out int number)
        {
            number = 0;
            if (_rest.IsEmpty || _rest[0] != mark || !Utf8Parser.TryParse(_rest[1..], out number, out var digits) || number < 0) return false;
            if (!_rest[(1 + digits)..].StartsWith("\r\n"u8)) return false;
            _rest = _rest[(digits + 3)..];
            return true;
        }
    }
}
