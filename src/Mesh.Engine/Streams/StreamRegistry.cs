using System.Collections.Concurrent;

namespace Mesh.Engine.Streams;

/// <summary>
/// What a process holds of each stream, such as its actor: never two of one stream. Those used lately are kept, in two generations; an older one lives as
/// long as anybody holds it, and is found here as long as it lives. Thread-safe.
/// </summary>
/// <param name="create">Makes what is held of one stream.</param>
/// <param name="keptMax">Streams kept that nobody holds, at most.</param>
public sealed class StreamRegistry<T>(Func<StreamName, T> create, int keptMax)
    where T : class
{
    private readonly Lock _change = new();
    private readonly Dictionary<StreamName, WeakReference<T>> _all = [];
    private volatile ConcurrentDictionary<StreamName, T> _young = new();
    private ConcurrentDictionary<StreamName, T> _old = new();

    // The dictionary would take all its locks to count.
    private int _youngCount;

    public T Get(in StreamName name) => _young.TryGetValue(name, out var held) ? held : GetRarelyUsed(name);

    /// <summary>Those used lately, in no order.</summary>
    public List<T> Recent()
    {
        lock (_change) return [.. _young.Values, .. _old.Values];
    }

    private T GetRarelyUsed(StreamName name)
    {
        lock (_change)
        {
            if (_young.TryGetValue(name, out var held)) return held;
            if (!_old.TryRemove(name, out held) && !(_all.TryGetValue(name, out var weak) && weak.TryGetTarget(out held)))
            {
                held = create(name);
                _all[name] = new WeakReference<T>(held);
            }

            _young[name] = held;
            if (++_youngCount > keptMax / 2) Age();
            return held;
        }
    }

    private void Age()
    {
        _old = _young;
        _young = new ConcurrentDictionary<StreamName, T>();
        _youngCount = 0;
        foreach (var (name, weak) in _all)
            if (!weak.TryGetTarget(out _)) _all.Remove(name);
    }
}
