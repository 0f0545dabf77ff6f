using System.Text;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>The key of a stream's records: <c>namespace/key</c>, so that other doors can match it as a topic. In the namespace, <c>%</c> and <c>/</c> stand as %25 and %2F.</summary>
internal static class StreamRecordKey
{
    public static byte[] Of(in StreamId stream)
    {
        var space = stream.GetNamespace() ?? "";
        if (space.AsSpan().IndexOfAny('%', '/') >= 0)
            space = space.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);
        return [.. Encoding.UTF8.GetBytes(space), (byte)'/', .. stream.Key.Span];
    }

    /// <returns>False when the key is no stream's: the record came by another door.</returns>
    public static bool TryParse(ReadOnlySpan<byte> key, out StreamId stream)
    {
        stream = default;
        var slash = key.IndexOf((byte)'/');
        if (slash < 0 || slash == key.Length - 1) return false;
        var space = key[..slash];
        if (!space.Contains((byte)'%'))
        {
            stream = StreamId.Create(space, key[(slash + 1)..]);
            return true;
        }

        var text = Encoding.UTF8.GetString(space).Replace("%2F", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
        stream = StreamId.Create(Encoding.UTF8.GetBytes(text), key[(slash + 1)..]);
        return true;
    }
}
