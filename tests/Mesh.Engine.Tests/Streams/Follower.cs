using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>
/// One who follows a log: first a history, then every record that is wanted. What comes is held against the model: nothing twice, nothing out of order, and
/// nothing passed by but what retention has taken meanwhile.
/// </summary>
internal sealed class Follower : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StreamModel _model;
    private readonly Func<StreamModel.Expected, bool> _wants;
    private readonly Queue<long> _history;
    private readonly CancellationTokenSource _stop = new();
    private readonly IAsyncEnumerator<RecordPage> _pages;
    private Task<bool>? _pending;
    private long _next;

    /// <param name="follow">Begins to follow.</param>
    /// <param name="model">What the log holds.</param>
    /// <param name="wants">Which records must come.</param>
    /// <param name="from">The first sequence that may come after the history.</param>
    /// <param name="history">Sequences that come before.</param>
    public Follower(Func<CancellationToken, IAsyncEnumerable<RecordPage>> follow, StreamModel model, Func<StreamModel.Expected, bool> wants, long from, IEnumerable<long> history)
    {
        _model = model;
        _wants = wants;
        _next = from;
        _history = new Queue<long>(history);
        _pages = follow(_stop.Token).GetAsyncEnumerator(_stop.Token);
        _pending = _pages.MoveNextAsync().AsTask();
    }

    /// <summary>Where one goes on who was cut off; null when some of the history has not come yet.</summary>
    public long? ResumesAt => _history.Count == 0 ? _next : null;

    /// <summary>Reads on until everything that must come has come, and waits for more.</summary>
    /// <returns>False when it was cut off because storage was away.</returns>
    public async Task<bool> TryCatchUpAsync()
    {
        try
        {
            while (IsBehind()) await ReadPageAsync();
            _pending ??= _pages.MoveNextAsync().AsTask();
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Reads one page, which must come.</summary>
    public async Task ReadPageAsync()
    {
        _pending ??= _pages.MoveNextAsync().AsTask();
        Assert.True(await _pending.WaitAsync(Patience), "The log came to an end for one who follows it.");
        _pending = null;
        foreach (var record in _pages.Current)
        {
            _model.Check(record);
            Take(record.Sequence.Value);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            if (_pending is not null) await _pending;
        }
        catch (Exception reason) when (reason is OperationCanceledException or StorageUnavailableException)
        {
            // It waited for more, or had been cut off.
        }

        await _pages.DisposeAsync();
        _stop.Dispose();
    }

    private bool IsBehind()
    {
        var low = _model.Low;
        return _history.Any(sequence => sequence >= low) || FindNext(low) <= _model.High;
    }

    private long FindNext(long low)
    {
        var next = Math.Max(_next, low);
        while (next <= _model.High && !_wants(_model.At(next))) next++;
        return next;
    }

    private void Take(long sequence)
    {
        var low = _model.Low;
        while (_history.TryPeek(out var due) && due < sequence)
        {
            Assert.True(due < low, $"Record {due} of the history did not come before {sequence}.");
            _history.Dequeue();
        }

        if (_history.TryPeek(out var next) && next == sequence)
        {
            _history.Dequeue();
            return;
        }

        Assert.True(sequence >= _next, $"Record {sequence} came again, or late: {_next} was to be the next.");
        Assert.True(_wants(_model.At(sequence)), $"Record {sequence} came, which nobody asked for.");
        for (var passed = Math.Max(_next, low); passed < sequence; passed++) Assert.False(_wants(_model.At(passed)), $"Record {passed} was passed by before {sequence}.");
        _next = sequence + 1;
    }
}
