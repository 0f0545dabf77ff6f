using System.Collections.Concurrent;

namespace Mesh.Engine.Streams;

/// <summary>
/// What a process holds of each stream or room, such as its actor: never two of one. Those used lately are kept, in two generations; an older one lives as
/// long as anybody holds it, and is found here as long as it lives. Thread-safe.
/// </summary>
/// <param name="create">Makes what is held of one key.</param>
/// <param name="keptMax">Kept that nobody holds, at most.</param>
/// <param name="comparer">Of the keys; null for their own.</param>
public sealed class Registry<TKey, T>(Func<TKey, T> create, int keptMax, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
    where T : class
{
    private readonly Lock _change = new();
    private readonly Dictionary<TKey, WeakReference<T>> _all = new(comparer);
    private volatile ConcurrentDictionary<TKey, T> _young = new(comparer);
    private ConcurrentDictionary<TKey, T> _old = new(comparer);

    // The dictionary would take all its locks to count.
    private int _youngCount;

    public T Get(in TKey key) => _young.TryGetValue(key, out var held) ? held : GetRarelyUsed(key);

    /// <summary>Looks among those used lately by another form of the key, which the comparer knows.</summary>
    /// <returns>Null when it is not among them; <see cref="Get"/> finds or makes it.</returns>
    public T? FindRecent<TAlternate>(TAlternate key)
        where TAlternate : notnull, allows ref struct =>
        _young.GetAlternateLookup<TAlternate>().TryGetValue(key, out var held) ? held : null;

    /// <summary>Those used lately, in no order.</summary>
    public List<T> Recent()
    {
        lock (_change) return [.. _young.Values, .. _old.Values];
    }

    private T GetRarelyUsed(TKey key)
    {
        lock (_change)
        {
            if (_young.TryGetValue(key, out var held)) return held;
            if (!_old.TryRemove(key, out held) && !(_all.TryGetValue(key, out var weak) && weak.TryGetTarget(out held)))
            {
                held = create(key);
                _all[key] = new WeakReference<T>(held);
            }

            _young[key] = held;
            if (++_youngCount > keptMax / 2) Age();
            return held;
        }
    }

    private void Age()
    {
        _old = _young;
        _young = new ConcurrentDictionary<TKey, T>(comparer);
        _youngCount = 0;
        foreach (var (key, weak) in _all)
            if (!weak.TryGetTarget(out _)) _all.Remove(key);
    }
}
