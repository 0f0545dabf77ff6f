using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Mesh.Topics;

/// <summary>One subscription's way through one partition: where it begins, the history, and then the log as it grows. One flow at a time.</summary>
internal sealed class TopicReader(IPartition partition, StreamName name, TopicFilter filter, TopicMatcher matcher)
{
    /// <summary>Where it reads on live.</summary>
    private Sequence _next = Sequence.First;

    public TopicReader(IPartition partition, StreamName name, TopicFilter filter)
        : this(partition, name, filter, new TopicMatcher(filter))
    {
    }

    public StreamName Name => name;

    /// <summary>The whole subscription; the first page, perhaps empty, says that it has begun.</summary>
    public async IAsyncEnumerable<TopicPage> RunAsync(TopicStart start, [EnumeratorCancellation] CancellationToken cancel)
    {
        var history = await BeginAsync(start, cancel).ConfigureAwait(false);
        yield return new TopicPage(name, history.FirstPage) { IsHistory = true };
        await foreach (var page in HistoryAsync(history, cancel).ConfigureAwait(false)) yield return page;
        await foreach (var page in partition.TailAsync(_next, cancel).ConfigureAwait(false))
        {
            var matching = Matching(page);
            _next = page.Next;
            if (matching is not null) yield return matching;
        }
    }

    /// <summary>Decides from where it reads on; what is appended after this is delivered.</summary>
    public async ValueTask<TopicHistory> BeginAsync(TopicStart start, CancellationToken cancel)
    {
        if (start.In(name) is { } from)
        {
            var state = await partition.StateAsync(cancel).ConfigureAwait(false);
            _next = from > state.LowWatermark ? from : state.LowWatermark;
            return Nothing();
        }

        if (start.FromTime is { } time)
        {
            var page = await partition.ReadAsync(new ReadQuery { FromTime = time, RecordsMax = 1 }, cancel).ConfigureAwait(false);
            _next = page.Count > 0 ? FirstOf(page) : page.HighWatermark.Next();
            return Nothing();
        }

        var history = await partition.HistoryAsync(filter, start.HistoryDepth, cancel).ConfigureAwait(false);
        _next = history.Next;
        return history;
    }

    /// <summary>The pages of the history, and one without records that tells where live begins.</summary>
    public async IAsyncEnumerable<TopicPage> HistoryAsync(TopicHistory history, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var part in history.Parts())
        {
            var picked = await partition.PickAsync(part, cancel).ConfigureAwait(false);
            if (picked.Count > 0) yield return new TopicPage(name, picked) { IsHistory = true };
        }

        yield return new TopicPage(name, history.FirstPage);
    }

    /// <summary>
    /// Writes live pages, each for a permit that whoever reads them gives back. While there is none, the reader holds no page: it reads again what it let go of.
    /// </summary>
    public async Task FollowAsync(SemaphoreSlim permits, ChannelWriter<TopicPage> pages, CancellationToken cancel)
    {
        while (true)
        {
            await FollowWhileRoomAsync(permits, pages, cancel).ConfigureAwait(false);
            var isBehind = true;
            while (isBehind)
            {
                await permits.WaitAsync(cancel).ConfigureAwait(false);
                isBehind = await ReadOnAsync(permits, pages, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task FollowWhileRoomAsync(SemaphoreSlim permits, ChannelWriter<TopicPage> pages, CancellationToken cancel)
    {
        await foreach (var page in partition.TailAsync(_next, cancel).ConfigureAwait(false))
        {
            var matching = Matching(page);
            if (matching is not null && !permits.Wait(0, CancellationToken.None)) return;
            _next = page.Next;
            if (matching is not null) pages.TryWrite(matching);
        }
    }

    /// <summary>With a permit, which is given back when there is no page for it.</summary>
    /// <returns>False when nothing is left to read now.</returns>
    private async ValueTask<bool> ReadOnAsync(SemaphoreSlim permits, ChannelWriter<TopicPage> pages, CancellationToken cancel)
    {
        var page = await partition.ReadAsync(new ReadQuery { From = _next }, cancel).ConfigureAwait(false);
        var matching = page.Count > 0 ? Matching(page) : null;
        if (page.Count > 0) _next = page.Next;
        if (matching is null) permits.Release();
        else pages.TryWrite(matching);
        return page.Count > 0;
    }

    /// <returns>Null when there is nothing to tell of.</returns>
    private TopicPage? Matching(RecordPage page)
    {
        var missed = Math.Max(0, page.LowWatermark.Value - _next.Value);
        var matching = matcher.Filter(page);
        return matching.Count > 0 || missed > 0 ? new TopicPage(name, matching, missed) : null;
    }

    private TopicHistory Nothing() => new(default, Sequence.First, new Sequence(_next.Value - 1), []);

    private static Sequence FirstOf(RecordPage page)
    {
        foreach (var record in page) return record.Sequence;
        return page.Next;
    }
}
