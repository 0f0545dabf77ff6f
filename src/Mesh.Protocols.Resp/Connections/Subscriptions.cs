using System.Text;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>Names a connection has subscribed to. Not thread-safe.</summary>
public sealed class Subscriptions
{
    /// <summary>Names are bytes; each byte as one character compares the same.</summary>
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public int Count => _names.Count;

    public bool Contains(ReadOnlySpan<byte> name) => _names.Contains(Encoding.Latin1.GetString(name));

    public void Add(ReadOnlySpan<byte> name) => _names.Add(Encoding.Latin1.GetString(name));

    /// <returns>False when it was not there.</returns>
    public bool Remove(ReadOnlySpan<byte> name) => _names.Remove(Encoding.Latin1.GetString(name));

    public IReadOnlyList<byte[]> Names() => [.. _names.Select(Encoding.Latin1.GetBytes)];

    public void Clear() => _names.Clear();
}
