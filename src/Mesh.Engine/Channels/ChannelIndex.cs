using Mesh.Engine.Log;

namespace Mesh.Engine.Channels;

/// <summary>
/// Which records of one tree lie at each path and below it, so that a read costs what it returns. A record is listed once for its path and once for each
/// path above it. Not thread-safe.
/// </summary>
internal sealed class ChannelIndex
{
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Deque<(Place Place, Node Node)> _all = new();

    public void Add(string path, Place place)
    {
        var node = NodeOf(path);
        node.Own.Add(place);
        for (var above = node; above is not null; above = above.Above) above.Below.Add(place);
        _all.Add((place, node));
    }

    /// <summary>Forgets records before <paramref name="low"/>, and paths that have none left.</summary>
    public void Trim(Sequence low)
    {
        while (_all.Count > 0 && _all[0].Place.Sequence < low)
        {
            var node = _all[0].Node;
            _all.RemoveFirst();
            node.Own.RemoveFirst();
            for (var above = node; above is not null; above = above.Above)
            {
                above.Below.RemoveFirst();
                if (above.Below.Count == 0) _nodes.Remove(above.Path);
            }
        }
    }

    /// <summary>
    /// The records of a scope with a time after <paramref name="after"/> (descending: before <paramref name="before"/> too), from the near end, at most <paramref name="limit"/>.
    /// </summary>
    public List<Place> Find(string path, ChannelScope scope, RecordTime after, RecordTime before, bool descending, int limit)
    {
        var found = new List<Place>();
        switch (scope)
        {
            case ChannelScope.Exact:
                Take(found, OwnOf(path), after, before, descending, limit);
                return found;
            case ChannelScope.Descendants:
                Take(found, _nodes.TryGetValue(path, out var node) ? node.Below : null, after, before, descending, limit);
                return found;
            case ChannelScope.Parents:
                foreach (var ancestor in PathAndParents(path)) Take(found, OwnOf(ancestor), after, before, descending, limit);
                found.Sort(static (one, other) => one.Sequence.CompareTo(other.Sequence));
                if (descending) found.Reverse();
                if (found.Count > limit) found.RemoveRange(limit, found.Count - limit);
                return found;
            default:
                throw new ArgumentOutOfRangeException(nameof(scope), scope, "No such scope.");
        }
    }

    /// <summary>The path and each path that ends before one of its slashes, save a slash at its very end (RSE specification, section 2.5).</summary>
    private static IEnumerable<string> PathAndParents(string path)
    {
        yield return path;
        for (var i = path.Length - 2; i >= 0; i--)
            if (path[i] == '/') yield return path[..i];
    }

    private Deque<Place>? OwnOf(string path) => _nodes.TryGetValue(path, out var node) ? node.Own : null;

    private static void Take(List<Place> found, Deque<Place>? places, RecordTime after, RecordTime before, bool descending, int limit)
    {
        if (places is null) return;
        var first = places.FindLast(after, static (place, time) => place.Time > time) + 1;
        if (!descending)
        {
            for (var i = first; i < places.Count && limit-- > 0; i++) found.Add(places[i]);
            return;
        }

        for (var i = places.FindLast(before, static (place, time) => place.Time >= time); i >= first && limit-- > 0; i--) found.Add(places[i]);
    }

    private Node NodeOf(string path)
    {
        if (_nodes.TryGetValue(path, out var known)) return known;
        var slash = path.LastIndexOf('/');
        var node = new Node(path, slash < 0 ? null : NodeOf(path[..slash]));
        _nodes.Add(path, node);
        return node;
    }

    /// <summary>Where a record stands, by both of its orders.</summary>
    internal readonly record struct Place(Sequence Sequence, RecordTime Time);

    private sealed class Node(string path, Node? above)
    {
        public string Path { get; } = path;

        public Node? Above { get; } = above;

        public Deque<Place> Own { get; } = new();

        public Deque<Place> Below { get; } = new();
    }
}
