using System.Collections.Concurrent;
using Mesh.Engine.Streams;

namespace Mesh.Embedded;

/// <summary>
/// The actors of one process: never two of one stream. Those used lately are kept, in two generations; an older one lives as long as anybody
/// holds it, and is found here as long as it lives. Thread-safe.
/// </summary>
internal sealed class ActorRegistry(Func<StreamName, StreamOwner> create, int actorsMax)
{
    private readonly Lock _change = new();
    private readonly Dictionary<StreamName, WeakReference<StreamOwner>> _all = [];
    private volatile ConcurrentDictionary<StreamName, StreamOwner> _young = new();
    private ConcurrentDictionary<StreamName, StreamOwner> _old = new();

    public StreamOwner Get(in StreamName name) => _young.TryGetValue(name, out var actor) ? actor : GetRarelyUsed(name);

    /// <summary>Those used lately, in no order.</summary>
    public List<StreamOwner> Recent()
    {
        lock (_change) return [.. _young.Values, .. _old.Values];
    }

    private StreamOwner GetRarelyUsed(StreamName name)
    {
        lock (_change)
        {
            if (_young.TryGetValue(name, out var actor)) return actor;
            if (!_old.TryRemove(name, out actor) && !(_all.TryGetValue(name, out var weak) && weak.TryGetTarget(out actor)))
            {
                actor = create(name);
                _all[name] = new WeakReference<StreamOwner>(actor);
            }

            _young[name] = actor;
            if (_young.Count > actorsMax / 2) Age();
            return actor;
        }
    }

    private void Age()
    {
        _old = _young;
        _young = new ConcurrentDictionary<StreamName, StreamOwner>();
        foreach (var (name, weak) in _all)
            if (!weak.TryGetTarget(out _)) _all.Remove(name);
    }
}
