using System.Text;
using Mesh.Frames;

namespace Mesh.Engine.Channels;

/// <summary>
/// Those who wait for records at a path, above it or below it. A record wakes only whom it concerns, so what waits elsewhere in the tree costs nothing.
/// Not thread-safe.
/// </summary>
public sealed class ChannelWaiters
{
    private readonly Dictionary<string, LinkedList<ChannelWaiter>> _at = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedList<ChannelWaiter>> _atOrBelow = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    /// <summary>Someone waits for what a query asks for.</summary>
    public ChannelWaiter Add(ChannelQuery query)
    {
        var waiter = new ChannelWaiter(query);
        Count++;
        if (query.Scope == ChannelScope.Descendants) Enter(_atOrBelow, query.Path, waiter);
        else if (query.Scope == ChannelScope.Exact) Enter(_at, query.Path, waiter);
        else foreach (var path in ChannelPaths.SelfAndAbove(query.Path)) Enter(_at, path, waiter);
        return waiter;
    }

    /// <summary>No longer waits; again is no change.</summary>
    public void Remove(ChannelWaiter waiter)
    {
        if (waiter.Places.Count == 0) return;
        foreach (var (path, node) in waiter.Places)
        {
            var waiters = node.List!;
            waiters.Remove(node);
            if (waiters.Count == 0) (waiter.Query.Scope == ChannelScope.Descendants ? _atOrBelow : _at).Remove(path);
        }

        waiter.Places.Clear();
        Count--;
    }

    /// <summary>Wakes whom records concern.</summary>
    public void Wake(in BatchSlice records)
    {
        if (Count == 0) return;
        foreach (var record in records) Wake(record);
    }

    /// <summary>Wakes everybody: what there is may be another.</summary>
    public void WakeAll()
    {
        foreach (var waiters in _at.Values.Concat(_atOrBelow.Values).ToArray())
            while (waiters.First is { Value: var waiter }) WakeOne(waiter);
    }

    private void Wake(in RecordView record)
    {
        var path = Encoding.UTF8.GetString(record.Key).AsSpan();
        if (_at.Count > 0) Wake(_at, path, record);
        if (_atOrBelow.Count == 0) return;
        while (true)
        {
            Wake(_atOrBelow, path, record);
            var slash = path.LastIndexOf('/');
            if (slash < 0) return;
            path = path[..slash];
        }
    }

    private void Wake(Dictionary<string, LinkedList<ChannelWaiter>> waiting, ReadOnlySpan<char> path, in RecordView record)
    {
        if (!waiting.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out var waiters)) return;
        for (var node = waiters.First; node is not null;)
        {
            var waiter = node.Value;
            node = node.Next;
            if (waiter.Wants(record)) WakeOne(waiter);
        }
    }

    private void WakeOne(ChannelWaiter waiter)
    {
        Remove(waiter);
        waiter.Signal.TrySetResult();
    }

    private static void Enter(Dictionary<string, LinkedList<ChannelWaiter>> waiting, string path, ChannelWaiter waiter)
    {
        if (!waiting.TryGetValue(path, out var waiters)) waiting.Add(path, waiters = new LinkedList<ChannelWaiter>());
        waiter.Places.Add((path, waiters.AddLast(waiter)));
    }
}

/// <summary>One who waits.</summary>
public sealed class ChannelWaiter
{
    private readonly byte[]? _except;

    internal ChannelWaiter(ChannelQuery query)
    {
        Query = query;
        _except = query.ExceptProducer is { } producer ? Encoding.UTF8.GetBytes(producer) : null;
    }

    internal ChannelQuery Query { get; }

    internal List<(string Path, LinkedListNode<ChannelWaiter> Node)> Places { get; } = new(1);

    internal TaskCompletionSource Signal { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when there may be what is waited for.</summary>
    public Task Woken => Signal.Task;

    internal bool Wants(in RecordView record) => record.Time > Query.After && (_except is null || !record.Producer.SequenceEqual(_except));
}
