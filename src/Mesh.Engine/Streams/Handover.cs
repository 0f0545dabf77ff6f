using Mesh.Engine.Commit;

namespace Mesh.Engine.Streams;

/// <summary>Who waits for one commit of a stream, and what it takes up. Not thread-safe.</summary>
internal sealed class Handover
{
    private readonly List<CommitWaiter> _waiters = [];

    /// <summary>Bytes reserved with the pump.</summary>
    public long Bytes { get; private set; }

    public int Appends { get; private set; }

    /// <summary>The stream it belongs to, as it was opened, once it is handed over.</summary>
    public OpenStream? Stream { get; set; }

    /// <summary>Number of the journal row it writes; 0 when it writes none.</summary>
    public long JournalNumber { get; set; }

    public bool IsEmpty => _waiters.Count == 0;

    public void Add(CommitWaiter waiter) => _waiters.Add(waiter);

    public void AddAppend(CommitWaiter waiter, int bytes)
    {
        _waiters.Add(waiter);
        Bytes += bytes;
        Appends++;
    }

    public void Succeed()
    {
        foreach (var waiter in _waiters) waiter.Succeed();
    }

    public void Fail(Exception reason)
    {
        foreach (var waiter in _waiters) waiter.Fail(reason);
    }

    public void Reset()
    {
        _waiters.Clear();
        Bytes = 0;
        Appends = 0;
        Stream = null;
        JournalNumber = 0;
    }
}
