using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One ring.</summary>
internal sealed class RingHandle : GroupedHandle, IRing, IHoldable
{
    private readonly IRingGrain _grain;
    private readonly HeldCalls _holds;

    public RingHandle(StreamName name, IRingGrain grain, HandleContext context)
        : this(name, grain, context, new HeldCalls())
    {
    }

    private RingHandle(StreamName name, IRingGrain grain, HandleContext context, HeldCalls holds)
        : base(name, grain, grain, context with { Patience = context.Patience.Of(holds) }) =>
        (_grain, _holds) = (grain, holds);

    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        Patience.CallAsync(() => _grain.RangeAsync(start, end, recordsMax, backwards, cancel), cancel);

    /// <summary>Sent again it keeps as many, but counts only what the last call has dropped, and the most that it may drop anew; so does <see cref="TrimBelowAsync"/>.</summary>
    public ValueTask<long> TrimToCountAsync(long keep, long dropMax = long.MaxValue, CancellationToken cancel = default) =>
        Patience.CallAsync(() => _grain.TrimToCountAsync(keep, dropMax, cancel), cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, long dropMax = long.MaxValue, CancellationToken cancel = default) =>
        Patience.CallAsync(() => _grain.TrimBelowAsync(id, dropMax, cancel), cancel);

    /// <summary>Sent again it deletes nothing twice, for ids are never given again, but counts only what the last call has deleted.</summary>
    public ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Patience.CallAsync(() => _grain.DeleteAsync(ids, cancel), cancel);

    /// <summary>Held by the same caller again is no change.</summary>
    public async ValueTask HoldAsync(StreamHold hold, CancellationToken cancel = default)
    {
        await Patience.CallAsync(
            async () =>
            {
                await _grain.HoldAsync(hold, cancel);
                return true;
            },
            cancel);
        _holds.Begin(hold);
    }

    public async ValueTask LetGoAsync(StreamHold hold)
    {
        _holds.End(hold);
        await Patience.CallAsync(async () =>
        {
            await _grain.LetGoAsync(hold);
            return true;
        });
    }

    /// <summary>A repeat sets the same. Where it is refused, records may have come since the call before, which may have been done: nobody knows.</summary>
    public async ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default)
    {
        var isRepeated = false;
        var result = await Patience.CallAsync(
            isRepeat =>
            {
                isRepeated = isRepeat;
                return _grain.SetPositionAsync(position, cancel);
            },
            cancel);
        return !isRepeated || result == RingPositionResult.Done
            ? result
            : throw new StorageUnavailableException($"The answer to setting the position of {Name} was lost; asked again, the ring refuses it ({result}). Look at the ring, and decide.");
    }
}
