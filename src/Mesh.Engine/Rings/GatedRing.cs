using Mesh.Engine.Streams;

namespace Mesh.Engine.Rings;

/// <summary>
/// A ring as the callers of one process reach it: together, or one alone while it holds the ring. While nobody does, calls go straight to the actor. A call under a hold that
/// has ended, because nothing was heard under it for too long, is refused by <see cref="StreamHoldLostException"/>: others may have come in between. Thread-safe.
/// </summary>
/// <param name="ring">The actor.</param>
/// <param name="clock">Times holds.</param>
/// <param name="bytesMax">Bytes of appends that wait for the end of a hold at most; beyond it they are <see cref="AppendResult.Busy"/>.</param>
/// <param name="retryAfter">For those.</param>
public sealed class GatedRing(RingActor ring, TimeProvider clock, long bytesMax, TimeSpan retryAfter) : IRing, IHoldable
{
    private readonly StreamGate _gate = new(clock);
    private readonly Lock _holdChange = new();
    private readonly Lock _lineChange = new();
    private volatile StreamHold[] _holds = []; // begun and not let go of: the one that has the ring, and those that have lost it
    private Task _line = Task.CompletedTask;
    private long _lineBytes;
    private volatile int _inLine;

    /// <summary>An append has its place when the call returns, and need not be waited for; where it has none yet, it has it before the next hold begins.</summary>
    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default)
    {
        if (_inLine > 0 || !TryEnter()) return AppendLaterAsync(segment, options);
        try
        {
            return ring.AppendAsync(segment, options);
        }
        finally
        {
            _gate.Exit();
        }
    }

    public ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default) =>
        TryEnter() ? ReadInsideAsync(query, cancel) : LaterAsync(() => ring.ReadAsync(query, cancel), cancel);

    public IAsyncEnumerable<RecordPage> TailAsync(Sequence from, CancellationToken cancel = default) => ring.TailAsync(from, cancel);

    public ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default) => ring.WaitAsync(until, timeout, cancel);

    public ValueTask<bool> WaitForGroupAsync(string group, Sequence until, TimeSpan timeout, CancellationToken cancel = default) =>
        ring.WaitForGroupAsync(group, until, timeout, cancel);

    /// <summary>One that waits is let in and not counted: it would keep a hold from beginning.</summary>
    public async ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel = default)
    {
        if (claim.Wait == TimeSpan.Zero) return await CallAsync(() => ring.ClaimAsync(claim, cancel), cancel);
        if (!IsUnderHold())
        {
            await _gate.EnterAsync(caller: null, cancel);
            _gate.Exit();
        }

        return await ring.ClaimAsync(claim, cancel);
    }

    public async ValueTask HoldAsync(StreamHold hold, CancellationToken cancel = default)
    {
        await _gate.HoldAsync(hold, cancel);
        lock (_holdChange) _holds = [.. _holds.Where(other => other != hold), hold];
        await ring.PlacedAsync();
    }

    public ValueTask LetGoAsync(StreamHold hold)
    {
        lock (_holdChange) _holds = [.. _holds.Where(other => other != hold)];
        _gate.Release(hold);
        return default;
    }

    /// <summary>Runs what changes the ring from beside it, such as deleting it.</summary>
    public ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancel = default) => TryEnter() ? InsideAsync(call) : LaterAsync(call, cancel);

    public ValueTask<long> TrimToCountAsync(long keep, long dropMax = long.MaxValue, CancellationToken cancel = default) =>
        CallAsync(() => ring.TrimToCountAsync(keep, dropMax, cancel), cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, long dropMax = long.MaxValue, CancellationToken cancel = default) =>
        CallAsync(() => ring.TrimBelowAsync(id, dropMax, cancel), cancel);

    public ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default) => CallAsync(() => ring.DeleteAsync(ids, cancel), cancel);

    public ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default) =>
        CallAsync(() => ring.SetPositionAsync(position, cancel), cancel);

    public ValueTask<StreamState> StateAsync(CancellationToken cancel = default) => CallAsync(() => ring.StateAsync(cancel), cancel);

    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        CallAsync(() => ring.RangeAsync(start, end, recordsMax, backwards, cancel), cancel);

    public ValueTask<LogInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default) =>
        CallAsync(() => ring.DescribeAsync(group, pendingMax, cancel), cancel);

    public ValueTask<GroupPosition> PositionAsync(string group, CancellationToken cancel = default) => CallAsync(() => ring.PositionAsync(group, cancel), cancel);

    public ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default) =>
        CallAsync(() => ring.CreateGroupAsync(group, start, createStream, cancel), cancel);

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) =>
        CallAsync(() => ring.MoveGroupAsync(group, start, cancel), cancel);

    public ValueTask<GroupAnswer> SetGroupOptionsAsync(string group, GroupOptions options, CancellationToken cancel = default) =>
        CallAsync(() => ring.SetGroupOptionsAsync(group, options, cancel), cancel);

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => CallAsync(() => ring.DeleteGroupAsync(group, cancel), cancel);

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) =>
        CallAsync(() => ring.CreateConsumerAsync(group, consumer, cancel), cancel);

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) =>
        CallAsync(() => ring.DeleteConsumerAsync(group, consumer, cancel), cancel);

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default) => CallAsync(() => ring.DeliverAsync(read, cancel), cancel);

    public ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default) =>
        CallAsync(() => ring.AcknowledgeAsync(group, ids, cancel), cancel);

    public ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default) =>
        CallAsync(() => ring.ClaimPendingAsync(claim, cancel), cancel);

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default) => CallAsync(() => ring.ClaimIdleAsync(claim, cancel), cancel);

    public ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default) =>
        CallAsync(() => ring.PendingAsync(group, query, cancel), cancel);

    public ValueTask<ClaimedRecords> FindClaimAsync(string group, ClaimId claim, CancellationToken cancel = default) =>
        CallAsync(() => ring.FindClaimAsync(group, claim, cancel), cancel);

    public ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout, CancellationToken cancel = default) =>
        CallAsync(() => ring.ExtendAsync(group, claim, visibilityTimeout, cancel), cancel);

    public ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release, CancellationToken cancel = default) => CallAsync(() => ring.ReleaseAsync(release, cancel), cancel);

    public ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) =>
        CallAsync(() => ring.AckAsync(group, claim, sequences, cancel), cancel);

    private async ValueTask<RecordPage> ReadInsideAsync(ReadQuery query, CancellationToken cancel)
    {
        try
        {
            return await ring.ReadAsync(query, cancel);
        }
        finally
        {
            _gate.Exit();
        }
    }

    private async ValueTask<T> InsideAsync<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Lets a call in while no hold has begun; who comes later is looked at.</summary>
    private bool TryEnter() => _holds.Length == 0 && _gate.TryEnter();

    /// <summary>Whether the call is the holder's, which waits for nobody.</summary>
    /// <exception cref="StreamHoldLostException">Its hold has ended.</exception>
    private bool IsUnderHold()
    {
        if (StreamHold.Current is not { } hold || !_holds.Contains(hold)) return false;
        return _gate.IsHeldBy(hold) ? true : throw new StreamHoldLostException(ring.Name);
    }

    private async ValueTask<T> LaterAsync<T>(Func<ValueTask<T>> call, CancellationToken cancel)
    {
        if (IsUnderHold()) return await call();
        await _gate.EnterAsync(caller: null, cancel);
        return await InsideAsync(call);
    }

    /// <summary>The holder's are appended at once; others wait in line, so that a caller's order holds.</summary>
    private ValueTask<AppendResult> AppendLaterAsync(ReadOnlyMemory<byte> segment, AppendOptions options)
    {
        try
        {
            if (IsUnderHold()) return ring.AppendAsync(segment, options);
        }
        catch (StreamHoldLostException lost)
        {
            return ValueTask.FromException<AppendResult>(lost);
        }

        lock (_lineChange)
        {
            if (_lineBytes + segment.Length > bytesMax) return new(new AppendResult.Busy(retryAfter));
            _inLine++;
            _lineBytes += segment.Length;
            var placed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var answer = AppendInLineAsync(_line, segment.ToArray(), options, placed);
            _line = placed.Task;
            return answer;
        }
    }

    private async ValueTask<AppendResult> AppendInLineAsync(Task before, ReadOnlyMemory<byte> segment, AppendOptions options, TaskCompletionSource placed)
    {
        ValueTask<AppendResult> appended;
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the caller holds the line
        await _gate.EnterAsync(caller: null);
        try
        {
            appended = ring.AppendAsync(segment, options);
        }
        finally
        {
            _gate.Exit();
            lock (_lineChange)
            {
                _inLine--;
                _lineBytes -= segment.Length;
            }

            placed.SetResult();
        }

        return await appended;
    }
}
