using Mesh.Engine.Claims;
using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>What one call takes out of the queue.</summary>
internal sealed class Taking(StreamNumber? stream, RecordTime now, List<ClaimEntry> dying)
{
    public StreamNumber? Stream { get; } = stream;

    public RecordTime Now { get; } = now;

    public List<ClaimEntry> Entries { get; } = [];

    /// <summary>One for each entry.</summary>
    public List<BatchSlice> Slices { get; } = [];

    /// <summary>Records whose bytes must be brought first.</summary>
    public List<Sequence> Missing { get; } = [];

    public List<QueueRecordState> States { get; set; } = [];

    /// <summary>Records delivered too often, to be moved to the dead letters.</summary>
    public List<ClaimEntry> Dying { get; } = dying;
}
