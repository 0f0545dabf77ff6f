using System.Collections.Concurrent;

namespace Mesh.Protocols.Http.Rse.Tokens;

/// <summary>Keys that were found a moment ago. Thread-safe.</summary>
internal sealed class RecentKeys(TimeSpan keptFor, TimeProvider clock)
{
    /// <summary>Keys held at most; at this many all are forgotten.</summary>
    private const int KeysMax = 100_000;

    private readonly ConcurrentDictionary<string, long> _foundAt = new(StringComparer.Ordinal);

    public bool Contains(string key) => _foundAt.TryGetValue(key, out var at) && clock.GetElapsedTime(at) < keptFor;

    public void Add(string key)
    {
        if (_foundAt.Count >= KeysMax) _foundAt.Clear();
        _foundAt[key] = clock.GetTimestamp();
    }
}
