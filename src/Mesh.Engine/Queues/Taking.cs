using Mesh.Engine.Claims;
using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>What one call takes out of the queue.</summary>
internal sealed class Taking(StreamNumber? stream, RecordTime now)
{
    private readonly QueuePageBuilder _page = new();

    public StreamNumber? Stream { get; } = stream;

    public RecordTime Now { get; } = now;

    public List<ClaimEntry> Entries { get; } = [];

    /// <summary>Records whose bytes must be brought first.</summary>
    public List<Sequence> Missing { get; } = [];

    /// <summary>Records delivered too often, met on the way: they are moved to the dead letters.</summary>
    public List<ClaimEntry> Dying { get; } = [];

    /// <summary>No further record may be taken, for the bytes there are.</summary>
    public bool IsFull => _page.IsFull;

    public void Add(ClaimEntry entry, in BatchSlice slice)
    {
        Entries.Add(entry);
        _page.Add(slice, default);
    }

    /// <summary>The answer, after the entries were taken.</summary>
    public void Complete() => _page.SetStates(Entries.Select(entry => new QueueRecordState(entry.Claim?.Id, entry.Deliveries, entry.ExpiresAt)));

    public QueuePage ToPage() => _page.ToPage(Stream, Now);
}
