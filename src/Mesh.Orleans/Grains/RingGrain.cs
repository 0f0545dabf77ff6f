using Mesh.Engine.Rings;
using Mesh.Engine.Streams;
using Mesh.Orleans.Client;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Grains;

/// <summary>One ring.</summary>
[Reentrant, ActivationCountBasedPlacement]
internal sealed class RingGrain(SiloEngine silo) : GroupedGrain<RingActor>(silo, StreamKind.Ring, name => new RingActor(name, silo.Context)), IRingGrain, IIncomingGrainCallFilter
{
    private readonly StreamGate _gate = new(silo.Context.Clock.Source);

    /// <summary>Every call of a ring passes its gate; one that waits is let in and not counted, for it would keep a hold from beginning.</summary>
    /// <exception cref="StreamHoldLostException">It is called under a hold that another activation gave, or that has ended: others may have come in between.</exception>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var isOfRing = context.InterfaceMethod.DeclaringType?.Assembly is { } assembly && (assembly == typeof(IRing).Assembly || assembly == typeof(IRingGrain).Assembly);
        var passes = !isOfRing || context.MethodName is nameof(HoldAsync) or nameof(LetGoAsync);
        var waits = context.MethodName is nameof(FollowAsync) or nameof(WaitAsync) or nameof(WaitForGroupAsync) or nameof(ClaimAsync);
        if (!passes && !waits && HeldCalls.Hold is { } hold)
        {
            if (!_gate.IsHeldBy(hold)) throw new StreamHoldLostException(Actor.Name);
            passes = true;
        }

        var isCounted = !passes && await _gate.EnterAsync(HeldCalls.Hold);
        if (isCounted && waits)
        {
            _gate.Exit();
            isCounted = false;
        }

        try
        {
            await context.Invoke();
        }
        finally
        {
            if (isCounted) _gate.Exit();
        }
    }

    public ValueTask HoldAsync(StreamHold hold, CancellationToken cancel = default) => _gate.HoldAsync(hold, cancel);

    public ValueTask LetGoAsync(StreamHold hold)
    {
        _gate.Release(hold);
        return default;
    }

    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        Actor.RangeAsync(start, end, recordsMax, backwards, cancel);

    public ValueTask<long> TrimToCountAsync(long keep, long dropMax = long.MaxValue, CancellationToken cancel = default) => Actor.TrimToCountAsync(keep, dropMax, cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, long dropMax = long.MaxValue, CancellationToken cancel = default) => Actor.TrimBelowAsync(id, dropMax, cancel);

    public ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Actor.DeleteAsync(ids, cancel);

    public ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default) => Actor.SetPositionAsync(position, cancel);
}
