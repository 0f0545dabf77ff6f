using System.Buffers;
using System.Text;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Walks the parameters of a query: <c>while (query.MoveNext()) … query.Name, query.Value</c>. Only what is escaped is copied.</summary>
internal ref struct QueryParameters(ReadOnlySpan<char> query)
{
    private ReadOnlySpan<char> _rest = query;

    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>Decoded; bytes that are not UTF-8 become U+FFFD.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>As it stood in the query.</summary>
    public ReadOnlySpan<char> RawValue { get; private set; }

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf('&');
            var pair = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf('=');
            RawValue = equals < 0 ? default : pair[(equals + 1)..];
            Name = Decode(equals < 0 ? pair : pair[..equals]);
            Value = Decode(RawValue);
            return true;
        }

        return false;
    }

    /// <summary>The bytes that a value stands for.</summary>
    public static byte[] DecodeBytes(ReadOnlySpan<char> rawValue)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(rawValue.Length * PercentEncoding.BytesMaxPerChar);
        var decoded = bytes.AsSpan(0, PercentEncoding.Decode(rawValue, plusIsBlank: true, bytes)).ToArray();
        ArrayPool<byte>.Shared.Return(bytes);
        return decoded;
    }

    private static ReadOnlySpan<char> Decode(ReadOnlySpan<char> text) =>
        text.ContainsAny('%', '+') ? Encoding.UTF8.GetString(DecodeBytes(text)) : text;
}
