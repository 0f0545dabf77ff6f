using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>What a turn chooses for a claim. When something must be read first, it is chosen anew in the next turn.</summary>
/// <param name="stream">The stream.</param>
/// <param name="now">Its clock.</param>
internal sealed class ClaimChoice(StreamNumber stream, RecordTime now)
{
    /// <summary>Free entries that one turn looks at, of which nearly all may be gone.</summary>
    private const int LookedMax = 10_000;

    private long _bytes;

    public StreamNumber Stream => stream;

    public RecordTime Now => now;

    /// <summary>What must be done before a turn can claim.</summary>
    public ClaimLack Lack { get; set; }

    public ConsumerGroup? Group { get; set; }

    /// <summary>Entries that are handed out again, with the deliveries before.</summary>
    public List<PendingEntry> Entries { get; } = [];

    /// <summary>Their records, one a slice.</summary>
    public List<BatchSlice> Slices { get; } = [];

    /// <summary>Records that must be read.</summary>
    public List<Sequence> Unread { get; } = [];

    /// <summary>Entries handed out too often.</summary>
    public List<PendingEntry> Dying { get; } = [];

    public bool IsFull => _bytes >= GroupReads.BytesMax;

    /// <summary>In a turn: takes entries that are free, with their records, and those that were handed out too often.</summary>
    /// <param name="group">The group.</param>
    /// <param name="recordsMax">At most so many.</param>
    /// <param name="claimsMax">Entries claimed so often are not handed out again.</param>
    /// <param name="source">The stream.</param>
    /// <param name="read">Records at hand; an empty slice for one that cannot be read.</param>
    /// <returns>Entries whose records are gone.</returns>
    public List<RingId> TakeFree(ConsumerGroup group, int recordsMax, long claimsMax, IGroupSource source, Dictionary<Sequence, BatchSlice> read)
    {
        var gone = new List<RingId>();
        var looked = 0;
        foreach (var free in group.Free.From(RingId.None))
        {
            if (Unread.Count + Entries.Count >= recordsMax || IsFull || looked++ == LookedMax) break;
            group.Pending.TryGet(free.Id, out var entry);
            if (!source.Lives(entry.Sequence) || (read.TryGetValue(entry.Sequence, out var slice) && slice.Count == 0)) gone.Add(entry.Id);
            else if (entry.Deliveries >= claimsMax) Bury(entry);
            else if (slice.Count > 0) Add(entry, slice);
            else Unread.Add(entry.Sequence);
        }

        if (Unread.Count > 0) Lack = ClaimLack.Records;
        else if (looked > LookedMax && Entries.Count == 0 && gone.Count > 0) Lack = ClaimLack.Turn;
        return gone;
    }

    /// <summary>In a turn: takes what a live claim holds, with its records.</summary>
    public void TakeHeld(GroupHold live, IGroupSource source, Dictionary<Sequence, BatchSlice> read)
    {
        foreach (var (id, sequence) in live.Entries)
        {
            if (!live.Group!.Pending.TryGet(id, out var entry) || entry.Hold != live || !source.Lives(sequence)) continue;
            if (!read.TryGetValue(sequence, out var slice)) Unread.Add(sequence);
            else if (slice.Count > 0) Add(entry with { Deliveries = entry.Deliveries - 1 }, slice);
        }

        if (Unread.Count > 0) Lack = ClaimLack.Records;
    }

    private void Bury(in PendingEntry entry)
    {
        if (Dying.Count < GroupDeadLetters.DyingMax) Dying.Add(entry);
    }

    private void Add(in PendingEntry entry, in BatchSlice slice)
    {
        if (Slices.Count == 0 || !Slices[^1].Batch.Equals(slice.Batch)) _bytes += slice.Batch.Length;
        Entries.Add(entry);
        Slices.Add(slice);
    }
}

/// <summary>What must be done before a turn can claim.</summary>
internal enum ClaimLack
{
    None,

    /// <summary>The id of the first record must be found.</summary>
    FirstId,

    /// <summary>Records handed out before must be read.</summary>
    Records,

    /// <summary>New records must be read.</summary>
    Page,

    /// <summary>Nothing, but another turn.</summary>
    Turn,
}
