using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace Mesh.Topics;

/// <summary>
/// One subscription over many partitions: a reader for each that may hold topics that match, and one that follows the directory for those to come. What a partition
/// listed later holds was published after the subscription began, so it is read from its start. One flow at a time.
/// </summary>
internal sealed class TopicFanIn(IMesh mesh, TopicHomes homes, TopicDirectory directory, TopicFilter filter) : IAsyncDisposable
{
    /// <summary>Pages held for a subscriber that does not take them.</summary>
    private const int PagesMax = 4;

    /// <summary>Partitions that are begun at a time.</summary>
    private const int BeginningMax = 32;

    private readonly Channel<TopicPage> _pages = Channel.CreateUnbounded<TopicPage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _permits = new(PagesMax);
    private readonly CancellationTokenSource _end = new();
    private readonly TopicMatcher _matcher = new(filter);
    private readonly HashSet<StreamName> _attached = [];
    private readonly List<Task> _running = [];
    private readonly Lock _change = new();

    public async IAsyncEnumerable<TopicPage> RunAsync(
        IReadOnlyList<TopicLine> lines, Sequence next, TopicStart start, [EnumeratorCancellation] CancellationToken cancel)
    {
        var readers = await BeginAsync(lines, start, cancel).ConfigureAwait(false);
        yield return new TopicPage(TopicHomes.Events, RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None)) { IsHistory = true };
        var histories = new MovedHistory(homes, start.HistoryDepth, readers);
        foreach (var (reader, history) in readers)
            await foreach (var page in histories.PagesAsync(reader, history, cancel).ConfigureAwait(false)) yield return page;
        foreach (var (reader, _) in readers) Follow(reader);
        Watch(AttachAsync(next));
        await foreach (var page in _pages.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            yield return page;
            _permits.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        Task[] running;
        lock (_change) running = [.. _running];
        await Task.WhenAll(running).ConfigureAwait(false);
        _end.Dispose();
        _permits.Dispose();
    }

    private async Task<(TopicReader Reader, TopicHistory History)[]> BeginAsync(IReadOnlyList<TopicLine> lines, TopicStart start, CancellationToken cancel)
    {
        var names = new List<StreamName> { TopicHomes.Events };
        _attached.Add(TopicHomes.Events);
        foreach (var line in lines)
            if (MayMatch(line) && _attached.Add(line.Partition)) names.Add(line.Partition);
        var begun = new (TopicReader Reader, TopicHistory History)[names.Count];
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = BeginningMax, CancellationToken = cancel };
        await Parallel.ForAsync(0, names.Count, bounds, async (i, stop) =>
        {
            var reader = Reader(names[i]);
            begun[i] = (reader, await reader.BeginAsync(start, stop).ConfigureAwait(false));
        }).ConfigureAwait(false);
        return begun;
    }

    /// <summary>Attaches the partitions that are listed while the subscription lives.</summary>
    private async Task AttachAsync(Sequence next)
    {
        await foreach (var line in directory.FollowAsync(next, _end.Token).ConfigureAwait(false))
            if (MayMatch(line) && _attached.Add(line.Partition)) Follow(Reader(line.Partition));
    }

    private TopicReader Reader(in StreamName name) => new(mesh.Partition(name), name, filter, new TopicMatcher(_matcher));

    private void Follow(TopicReader reader) => Watch(reader.FollowAsync(_permits, _pages.Writer, _end.Token));

    /// <summary>The end of one part, which only a failure is, ends the subscription.</summary>
    private void Watch(Task part)
    {
        var watched = WatchAsync(part);
        lock (_change) _running.Add(watched);
    }

    private async Task WatchAsync(Task part)
    {
        try
        {
            await part.ConfigureAwait(false);
            _pages.Writer.TryComplete();
        }
        catch (Exception reason)
        {
            _pages.Writer.TryComplete(reason);
        }
    }

    private bool MayMatch(in TopicLine line) => line.Topic is null || _matcher.Matches(Encoding.UTF8.GetBytes(line.Topic));
}
