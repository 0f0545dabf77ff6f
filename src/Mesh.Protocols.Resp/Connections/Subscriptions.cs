using System.Text;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>Names a connection has subscribed to, in the order it did. Not thread-safe.</summary>
public sealed class Subscriptions
{
    private readonly List<byte[]> _names = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public int Count => _names.Count;

    /// <returns>False when it was there before.</returns>
    public bool Add(ReadOnlyMemory<byte> name)
    {
        if (!_known.Add(Key(name.Span))) return false;
        _names.Add(name.ToArray());
        return true;
    }

    /// <returns>False when it was not there.</returns>
    public bool Remove(ReadOnlyMemory<byte> name)
    {
        if (!_known.Remove(Key(name.Span))) return false;
        _names.RemoveAt(_names.FindIndex(known => name.Span.SequenceEqual(known)));
        return true;
    }

    public IReadOnlyList<byte[]> Names() => [.. _names];

    public void Clear()
    {
        _names.Clear();
        _known.Clear();
    }

    /// <summary>Names are bytes; each byte as one character compares the same.</summary>
    private static string Key(ReadOnlySpan<byte> name) => Encoding.Latin1.GetString(name);
}
