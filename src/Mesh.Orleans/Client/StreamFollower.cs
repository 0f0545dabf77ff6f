using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>
/// Follows one stream for all local subscribers and waiters: one call waits at its grain, however many they are. That call is the credit: the grain sends
/// nothing nobody has asked for, and nothing is asked for while nobody waits. It names the sequence from which to go on, so whichever side dies, the next
/// call goes on without gap or double. Pages that came are kept for a moment, bounded in bytes; a subscriber they have left behind reads on its own. Thread-safe.
/// </summary>
internal sealed class StreamFollower(IStreamGrain grain, ClusterChanges changes, MeshClientOptions options)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _change = new();
    private readonly List<(Sequence Until, TaskCompletionSource Signal)> _waiting = [];
    private readonly Queue<RecordPage> _pages = new();
    private long _pageBytes;
    private Sequence _high = Sequence.None;
    private StreamNumber? _stream;
    private int _tails;
    private bool _isFollowing;

    /// <summary>Pages are wanted from now on, not watermarks alone, until the answer is disposed of.</summary>
    public IDisposable Tail()
    {
        lock (_change) _tails++;
        return new Leaving(this);
    }

    /// <summary>What a reader learnt of the stream's end. A stream made anew has a lower one, or soon has as much again.</summary>
    public void Observe(RecordPage page)
    {
        lock (_change)
        {
            var isAnother = IsAnother(page);
            if (isAnother) DropPages();
            _high = page.HighWatermark;
            Wake(all: isAnother); // else what they wait for is behind the sequence that is asked for next
        }
    }

    /// <summary>Waits until the stream holds this record or a later one; also ends when the stream may have been made anew.</summary>
    public async ValueTask WaitAsync(Sequence until, CancellationToken cancel)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_change)
        {
            if (_isFollowing && _high >= until) return;
            _waiting.Add((until, signal));
            if (!_isFollowing) BeginFor(until);
        }

        try
        {
            await signal.Task.WaitAsync(cancel);
        }
        finally
        {
            lock (_change) _waiting.RemoveAll(waiting => waiting.Signal == signal);
        }
    }

    /// <returns>The page that begins here, or the part of one, if it is still kept.</returns>
    public RecordPage? TryTake(Sequence from)
    {
        lock (_change)
        {
            foreach (var page in _pages)
                if (page.Next > from && FirstOf(page) <= from) return From(page, from);
        }

        return null;
    }

    private static Sequence FirstOf(RecordPage page) => Frames.BatchHeader.Read(page.Slices[0].Batch.Span).First.Plus(page.Slices[0].Index);

    private static RecordPage? From(RecordPage page, Sequence from)
    {
        if (FirstOf(page) == from) return page;
        var slices = new List<Frames.BatchSlice>();
        foreach (var slice in page.Slices)
            if (slice.Within(from, Sequence.Max) is { } part) slices.Add(part);
        return slices.Count > 0 ? new RecordPage(slices, page.Next, page.LowWatermark, page.HighWatermark) { Stream = page.Stream } : null;
    }

    /// <summary>What is remembered from before may be the end of a stream that was deleted since: the grain is asked for what is waited for.</summary>
    private void BeginFor(Sequence until)
    {
        if (_high >= until) _high = new Sequence(until.Value - 1);
        _isFollowing = true;
        _ = Task.Run(FollowAsync, CancellationToken.None);
    }

    private async Task FollowAsync()
    {
        while (true)
        {
            Sequence from;
            bool wantsPages;
            var changed = changes.Next;
            lock (_change)
            {
                if (_waiting.Count == 0)
                {
                    _isFollowing = false;
                    return;
                }

                from = _high.Next();
                wantsPages = _tails > 0;
            }

            var startedAt = Environment.TickCount64;
            try
            {
                var page = await grain.FollowAsync(from, wantsPages ? options.CallBytesMax : 0, options.FollowWait, changed).AsTask().WaitAsync(changed);
                lock (_change) TakeIn(page, from);

                // A silo that is about to go waits for nothing.
                if (page.HighWatermark < from && Environment.TickCount64 - startedAt < Pause.TotalMilliseconds) await Task.Delay(Pause, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // The cluster has changed: ask whoever has the stream now.
            }
            catch (Exception reason) when (Patience.IsOfTheCluster(reason) || reason is StorageUnavailableException or StreamFencedException)
            {
                await Task.Delay(Pause);
            }
            catch (Exception reason)
            {
                lock (_change) Fail(reason);
                return;
            }
        }
    }

    /// <summary>Whether the page is of another stream than those before, which was deleted then.</summary>
    private bool IsAnother(RecordPage page)
    {
        var isAnother = page.IsOfAnother(_stream);
        _stream = page.Stream ?? _stream;
        return isAnother;
    }

    private void TakeIn(RecordPage page, Sequence from)
    {
        var isMadeAnew = IsAnother(page) || page.HighWatermark.Next() < from;
        if (isMadeAnew) DropPages();
        if (page.Count > 0)
        {
            _pages.Enqueue(page);
            _pageBytes += BytesOf(page);
            while (_pageBytes > options.FollowBytesMax && _pages.Count > 1) _pageBytes -= BytesOf(_pages.Dequeue());
        }

        // A page that ended early tells of more than it holds: what it does not hold is asked for next.
        _high = page.Count > 0 ? new Sequence(page.Next.Value - 1) : page.HighWatermark;
        Wake(all: isMadeAnew);
    }

    private void Wake(bool all)
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (!all && _waiting[i].Until > _high) continue;
            _waiting[i].Signal.TrySetResult();
            _waiting.RemoveAt(i);
        }
    }

    private void Fail(Exception reason)
    {
        foreach (var (_, signal) in _waiting) signal.TrySetException(reason);
        _waiting.Clear();
        _isFollowing = false;
    }

    private void DropPages()
    {
        _pages.Clear();
        _pageBytes = 0;
    }

    private static long BytesOf(RecordPage page)
    {
        long bytes = 0;
        foreach (var slice in page.Slices) bytes += slice.Batch.Length;
        return bytes;
    }

    private sealed class Leaving(StreamFollower follower) : IDisposable
    {
        public void Dispose()
        {
            lock (follower._change)
            {
                if (--follower._tails == 0) follower.DropPages();
            }
        }
    }
}
