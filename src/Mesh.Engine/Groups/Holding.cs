using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>What one call makes pending with a consumer. Chosen in a turn; when records must be read first, it is chosen anew in the next.</summary>
/// <param name="now">The stream's clock.</param>
internal sealed class Holding(RecordTime now)
{
    public RecordTime Now { get; } = now;

    /// <summary>When the entries count as delivered.</summary>
    public RecordTime At { get; set; } = now;

    /// <summary>With the numbers of their deliveries, in the order of the answer.</summary>
    public List<PendingEntry> Entries { get; } = [];

    /// <summary>Entries whose records are gone.</summary>
    public List<RingId> Missing { get; } = [];

    /// <summary>Where to go on; 0-0 at the end.</summary>
    public RingId Next { get; set; }

    /// <summary>The group moves on to this id if it stands before it.</summary>
    public RingId LastId { get; set; }

    public void Add(in PendingEntry entry, long deliveries) => Entries.Add(entry with { Deliveries = deliveries });

    /// <summary>Leaves out what could not be read.</summary>
    /// <param name="read">The records that were read; an empty slice for one that was not.</param>
    /// <returns>The records, one a slice, in the order of the entries.</returns>
    public List<BatchSlice> Take(Dictionary<Sequence, BatchSlice> read)
    {
        var slices = new List<BatchSlice>(Entries.Count);
        var kept = 0;
        for (var i = 0; i < Entries.Count; i++)
        {
            var entry = Entries[i];
            var slice = read[entry.Sequence];
            if (slice.Count == 0)
            {
                if (Next == RingId.None || entry.Id < Next) Next = entry.Id;
                continue;
            }

            slices.Add(slice);
            Entries[kept++] = entry;
        }

        Entries.RemoveRange(kept, Entries.Count - kept);
        return slices;
    }
}
