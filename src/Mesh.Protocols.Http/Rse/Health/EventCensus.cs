using System.Diagnostics;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Rse.Health;

/// <summary>Counts events, and finds the oldest and the newest, over at most <see cref="TreesMax"/> trees.</summary>
/// <param name="Events">Events that can be read.</param>
/// <param name="First">The oldest; null when there is none.</param>
/// <param name="Last">The newest.</param>
/// <param name="IsWhole">False when there are more trees than were counted.</param>
/// <param name="Elapsed">How long the counting took.</param>
internal sealed record EventCensus(long Events, FoundEvent? First, FoundEvent? Last, bool IsWhole, TimeSpan Elapsed)
{
    /// <summary>Counting opens every tree that it counts.</summary>
    public const int TreesMax = 1000;

    public static async Task<EventCensus> TakeAsync(IMesh mesh, CancellationToken cancel)
    {
        var since = Stopwatch.StartNew();
        var (events, trees) = (0L, 0);
        FoundEvent? first = null, last = null;
        await foreach (var tree in TreeNames.AllAsync(mesh.Catalogue, cancel).ConfigureAwait(false))
        {
            if (trees++ == TreesMax) return new EventCensus(events, first, last, false, since.Elapsed);
            var channel = mesh.Channel(tree);
            var state = await channel.StateAsync(cancel).ConfigureAwait(false);
            events += state.Length;
            if (state.Length == 0) continue;
            var oldest = await FindAsync(tree, channel, new ReadQuery { RecordsMax = 1 }, cancel).ConfigureAwait(false);
            var newest = await FindAsync(tree, channel, ReadQuery.Last(1), cancel).ConfigureAwait(false);
            if (oldest is not null && (first is null || oldest.Time < first.Time)) first = oldest;
            if (newest is not null && (last is null || newest.Time > last.Time)) last = newest;
        }

        return new EventCensus(events, first, last, true, since.Elapsed);
    }

    private static async Task<FoundEvent?> FindAsync(StreamName tree, IChannel channel, ReadQuery query, CancellationToken cancel)
    {
        var page = await channel.ReadAsync(query, cancel).ConfigureAwait(false);
        return page.Count == 0 ? null : FoundEvent.Of(tree, page.Slices[0].Part(0, 1));
    }
}

/// <summary>One event of the census.</summary>
/// <param name="Channel">Its channel's name.</param>
/// <param name="Time">Its time, which is its id.</param>
/// <param name="Slice">The event itself.</param>
internal sealed record FoundEvent(string Channel, RecordTime Time, BatchSlice Slice)
{
    /// <param name="tree">Where it was found.</param>
    /// <param name="slice">One event.</param>
    public static FoundEvent Of(StreamName tree, BatchSlice slice)
    {
        var walker = slice.GetEnumerator();
        walker.MoveNext();
        var record = walker.Current;
        return new FoundEvent(new ChannelPath(tree.Name, System.Text.Encoding.UTF8.GetString(record.Key)).ToString(), record.Time, slice);
    }
}
