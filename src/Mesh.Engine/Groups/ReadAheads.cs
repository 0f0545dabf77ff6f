namespace Mesh.Engine.Groups;

/// <summary>What is read ahead over all streams of a store, bounded in bytes: beyond them what was read first is dropped, to be read again if it is wanted. Thread-safe.</summary>
/// <param name="bytesMax">Held at most, save the last.</param>
internal sealed class ReadAheads(long bytesMax)
{
    private readonly Lock _change = new();
    private readonly Queue<(WeakReference<GroupReads> Owner, ReadAhead Ahead)> _held = new();
    private long _bytes;

    public void Add(GroupReads owner, ReadAhead ahead)
    {
        lock (_change)
        {
            _held.Enqueue((new WeakReference<GroupReads>(owner), ahead));
            _bytes += ahead.Bytes;
            while (_bytes > bytesMax && _held.Count > 1)
            {
                var (first, dropped) = _held.Dequeue();
                _bytes -= dropped.Bytes;
                if (first.TryGetTarget(out var reads)) reads.Drop(dropped);
            }
        }
    }
}
