using System.Text;
using Mesh.Engine.Log;
using Mesh.Frames;

namespace Mesh.Engine.Channels;

/// <summary>
/// Which records of one tree lie at each path and below it, and who published them, so that a read costs what it returns. A record is listed once for its
/// path and once for each path above it. Not thread-safe.
/// </summary>
public sealed class ChannelIndex
{
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<byte[], Producer> _producers = new(BytesComparer.Instance);
    private readonly Deque<Entry> _all = new();
    private long _gone;

    /// <summary>Records listed.</summary>
    public int Count => _all.Count;

    /// <param name="records">Sequence and time of each are greater than those of all records listed.</param>
    public void Add(in BatchSlice records)
    {
        var walker = records.GetEnumerator();
        while (walker.MoveNext()) Add(walker.Current, walker.Offset, walker.Index);
    }

    /// <summary>Forgets records before <paramref name="low"/>, and paths and producers that have none left.</summary>
    public void Trim(Sequence low)
    {
        while (_all.Count > 0 && _all[0].Place.Sequence < low) RemoveFirst();
    }

    /// <summary>Forgets the oldest records until so many are left.</summary>
    public void TrimTo(int count)
    {
        while (_all.Count > count) RemoveFirst();
    }

    /// <summary>
    /// The records that a query asks for, from the near end, with a time after <paramref name="after"/> (descending: before <paramref name="before"/> too),
    /// at most <paramref name="limit"/>.
    /// </summary>
    public List<Place> Find(ChannelQuery query, RecordTime after, RecordTime before, int limit)
    {
        var found = new List<Place>(Math.Min(limit, 16));
        var except = ProducerOf(query.ExceptProducer);
        if (query.Scope == ChannelScope.Parents) TakeMerged(found, query, except, after, before, limit);
        else Take(found, new PathScan(this, ListOf(query.Path, query.Scope), except, query.Descending, after, before), limit);
        return found;
    }

    /// <summary>Whether a record that a query asks for stands at <paramref name="from"/> or later.</summary>
    public bool Any(ChannelQuery query, Sequence from)
    {
        // The newest one that it asks for tells.
        var found = Find(query with { Descending = true }, query.After, RecordTime.Max, 1);
        return found.Count > 0 && found[0].Sequence >= from;
    }

    internal Entry this[long ordinal] => _all[(int)(ordinal - _gone)];

    private void Add(in RecordView record, int offset, int index)
    {
        var node = NodeOf(record.Key);
        if (!_producers.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(record.Producer, out var producer))
        {
            producer = new Producer(record.Producer.ToArray());
            _producers.Add(producer.Name, producer);
        }

        producer.Records++;
        var ordinal = _gone + _all.Count;
        node.Own.Add(ordinal, producer);
        for (var above = node; above is not null; above = above.Above) above.Below.Add(ordinal, producer);
        _all.Add(new Entry(new Place(record.Sequence, record.Time, offset, index), node, producer));
    }

    private void RemoveFirst()
    {
        var (_, node, producer) = _all[0];
        _all.RemoveFirst();
        _gone++;
        if (--producer.Records == 0) _producers.Remove(producer.Name);
        node.Own.RemoveFirst();
        for (var above = node; above is not null; above = above.Above)
        {
            above.Below.RemoveFirst();
            if (above.Below.Count == 0) _nodes.Remove(above.Path);
        }
    }

    private static void Take(List<Place> found, PathScan scan, int limit)
    {
        while (limit-- > 0 && scan.MoveNext()) found.Add(scan.Current);
    }

    /// <summary>Always the nearest of what is next at the path and at each one above it.</summary>
    private void TakeMerged(List<Place> found, ChannelQuery query, Producer? except, RecordTime after, RecordTime before, int limit)
    {
        var next = new PriorityQueue<PathScan, long>();
        foreach (var path in ChannelPaths.SelfAndAbove(query.Path))
        {
            var scan = new PathScan(this, ListOf(path, ChannelScope.Exact), except, query.Descending, after, before);
            if (scan.MoveNext()) next.Enqueue(scan, Priority(scan));
        }

        while (limit-- > 0 && next.TryDequeue(out var nearest, out _))
        {
            found.Add(nearest.Current);
            if (nearest.MoveNext()) next.Enqueue(nearest, Priority(nearest));
        }

        long Priority(PathScan scan) => query.Descending ? -scan.Current.Sequence.Value : scan.Current.Sequence.Value;
    }

    /// <returns>Null when nobody has published under this name: nothing is to be left out.</returns>
    private Producer? ProducerOf(string? name) =>
        name is not null && _producers.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(Encoding.UTF8.GetBytes(name), out var producer) ? producer : null;

    private PathRecords? ListOf(string path, ChannelScope scope) =>
        !_nodes.TryGetValue(path, out var node) ? null : scope == ChannelScope.Descendants ? node.Below : node.Own;

    private Node NodeOf(ReadOnlySpan<byte> key)
    {
        if (key.Length > 512) return NodeOf(Encoding.UTF8.GetString(key));
        Span<char> path = stackalloc char[512];
        path = path[..Encoding.UTF8.GetChars(key, path)];
        return _nodes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out var known) ? known : NodeOf(path.ToString());
    }

    private Node NodeOf(string path)
    {
        if (_nodes.TryGetValue(path, out var known)) return known;
        var slash = path.LastIndexOf('/');
        var node = new Node(path, slash < 0 ? null : NodeOf(path[..slash]));
        _nodes.Add(path, node);
        return node;
    }

    /// <summary>Where a record stands, by both of its orders, and where in its batch.</summary>
    /// <param name="Sequence">Its sequence.</param>
    /// <param name="Time">Its time.</param>
    /// <param name="Offset">As in <see cref="BatchSlice.Offset"/>.</param>
    /// <param name="Index">As in <see cref="BatchSlice.Index"/>.</param>
    public readonly record struct Place(Sequence Sequence, RecordTime Time, int Offset, int Index);

    internal readonly record struct Entry(Place Place, Node Node, Producer Producer);

    /// <summary>Who published records that are listed.</summary>
    internal sealed class Producer(byte[] name)
    {
        public byte[] Name { get; } = name;

        public int Records { get; set; }
    }

    internal sealed class Node(string path, Node? above)
    {
        public string Path { get; } = path;

        public Node? Above { get; } = above;

        public PathRecords Own { get; } = new();

        public PathRecords Below { get; } = new();
    }
}
