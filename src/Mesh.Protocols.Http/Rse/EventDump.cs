using Mesh.Frames;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Gathers the events of all channels, for <c>GET /all</c> (RSE specification, section 2.7). For one request; not thread-safe.</summary>
internal sealed class EventDump(IMesh mesh)
{
    /// <summary>Events gathered at the most.</summary>
    public const int EventsMax = 100_000;

    /// <summary>The dump ends with the event that reaches this many bytes.</summary>
    public const long BytesMax = 64 * 1024 * 1024;

    private readonly List<(RecordTime Time, BatchSlice Slice)> _events = [];
    private long _bytes;

    private bool IsFull => _events.Count >= EventsMax || _bytes >= BytesMax;

    /// <returns>One event a slice, by id.</returns>
    public async Task<IReadOnlyList<BatchSlice>> GatherAsync(bool descending, CancellationToken cancel)
    {
        await foreach (var tree in TreeNames.AllAsync(mesh.Catalogue, cancel).ConfigureAwait(false))
        {
            await GatherAsync(mesh.Channel(tree), cancel).ConfigureAwait(false);
            if (IsFull) break;
        }

        _events.Sort((one, other) => descending ? other.Time.CompareTo(one.Time) : one.Time.CompareTo(other.Time));
        return _events.ConvertAll(found => found.Slice);
    }

    private async Task GatherAsync(IChannel tree, CancellationToken cancel)
    {
        var query = new ReadQuery();
        while (!IsFull)
        {
            var page = await tree.ReadAsync(query, cancel).ConfigureAwait(false);
            foreach (var slice in page.Slices) Add(slice);
            if (page.Next > page.HighWatermark) return;
            query = query with { From = page.Next };
        }
    }

    private void Add(BatchSlice slice)
    {
        var walker = slice.GetEnumerator();
        while (!IsFull && walker.MoveNext())
        {
            _events.Add((walker.Current.Time, new BatchSlice(slice.Batch, walker.Offset, walker.Index, 1)));
            _bytes += walker.Length;
        }
    }
}
