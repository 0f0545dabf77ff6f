using Mesh.Engine.Streams;
using Mesh.Orleans.Silo;

namespace Mesh.Orleans.Grains;

/// <summary>
/// One stream in the cluster: the same actor as in the embedded host. Calls interleave, for the actor takes its own turns; so a commit carries what all of
/// them append. Another activation of the stream, wherever it runs, is kept apart by the fencing token alone.
/// </summary>
internal abstract class StreamGrain<TActor> : Grain, IStreamGrain, IStreamLog, IFollowed
    where TActor : StreamActor
{
    private readonly SiloEngine _silo;

    /// <summary>Ends the calls that follow the stream: a grain with a call under way cannot leave.</summary>
    private readonly CancellationTokenSource _leaving = new();

    protected StreamGrain(SiloEngine silo, StreamKind kind, Func<StreamName, TActor> create)
    {
        _silo = silo;
        Actor = create(StreamKey.Parse(this.GetPrimaryKeyString(), kind));
        Actor.Overtaken = () => ThreadPool.UnsafeQueueUserWorkItem(static grain => grain.StepAside(), this, preferLocal: false);
    }

    protected TActor Actor { get; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _silo.Enter(Actor);
        return Task.CompletedTask;
    }

    public void EndFollowing()
    {
        try
        {
            _leaving.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has left.
        }
    }

    /// <summary>What waits is committed before the next activation takes the stream, so a planned move refuses nobody.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _silo.Leave(Actor);
        try
        {
            await Actor.CloseAsync();
        }
        catch (Exception failure) when (failure is StorageUnavailableException or StreamFencedException)
        {
            // Those who waited were told.
        }

        _leaving.Dispose();
    }

    public virtual async ValueTask<AppendAnswer[]> AppendManyAsync(AppendItem[] appends)
    {
        var waiting = new ValueTask<AppendAnswer>[appends.Length];
        for (var i = 0; i < appends.Length; i++) waiting[i] = AppendAnswer.OfAsync(Actor, appends[i]);
        var answers = new AppendAnswer[appends.Length];
        for (var i = 0; i < appends.Length; i++) answers[i] = await waiting[i];

        if (Array.Exists(answers, answer => answer.IsFenced)) StepAside();
        return answers;
    }

    public async ValueTask<RecordPage> FollowAsync(Sequence from, int bytesMax, TimeSpan wait, CancellationToken cancel = default)
    {
        var query = bytesMax > 0
            ? new ReadQuery { From = from, RecordsMax = ReadQuery.RecordsLimit, BytesMax = bytesMax }
            : new ReadQuery { From = from, RecordsMax = 1 };
        var page = await Actor.ReadAsync(query, cancel);
        var isBefore = page.HighWatermark.Next() == from;
        if (page.Count == 0 && isBefore)
        {
            await WaitHereAsync(end => Actor.WaitAsync(from, Timeout.InfiniteTimeSpan, end).AsTask(), wait, cancel);
            if (!IsLeaving) page = await Actor.ReadAsync(query, cancel);
        }

        return bytesMax > 0 ? page : new RecordPage([], page.HighWatermark.Next(), page.LowWatermark, page.HighWatermark) { Stream = page.Stream };
    }

    public virtual ValueTask<bool> CreateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata) => Actor.CreateAsync(options, metadata);

    public ValueTask<StreamEntry?> EntryAsync() => Actor.EntryAsync();

    public ValueTask<bool> UpdateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata) => Actor.UpdateAsync(options, metadata);

    public virtual async ValueTask<bool> DeleteAsync()
    {
        if (!await Actor.DeleteAsync()) return false;
        _silo.OnDeleted();
        return true;
    }

    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default) => Actor.AppendAsync(segment, options);

    public ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default) => Actor.ReadAsync(query, cancel);

    public IAsyncEnumerable<RecordPage> TailAsync(Sequence from, CancellationToken cancel = default) => Actor.TailAsync(from, cancel);

    public ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default) => Actor.WaitAsync(until, timeout, cancel);

    public ValueTask<StreamState> StateAsync(CancellationToken cancel = default) => Actor.StateAsync(cancel);

    protected async ValueTask<AppendAnswer> AppendAsync(AppendItem append)
    {
        var answer = await AppendAnswer.OfAsync(Actor, append);
        if (answer.IsFenced) StepAside();
        return answer;
    }

    /// <summary>Whoever waits here asks again, and finds the one that has the stream then; this one does not look, for that would take it back.</summary>
    protected bool IsLeaving => _leaving.IsCancellationRequested;

    /// <summary>Waits by the machine's clock: how long a call may take has nothing to do with the records' times.</summary>
    protected async ValueTask WaitHereAsync(Func<CancellationToken, Task> waiting, TimeSpan wait, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, _leaving.Token);
        end.CancelAfter(wait < IStreamGrain.FollowMax ? wait : IStreamGrain.FollowMax);
        try
        {
            await waiting(end.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nothing came in time, or the grain goes: whoever follows it asks again.
        }
    }

    /// <summary>Another activation has the stream, or had it: who waits is sent away, and this one goes. Whoever is asked next finds the one that the directory knows, which may be this one again.</summary>
    private void StepAside()
    {
        EndFollowing();

        // Not DeactivateOnIdle, which throws where the activation is gone already: here that would end the process.
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "Another activation has the stream."));
    }
}
