using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One ring.</summary>
internal sealed class RingHandle(StreamName name, IRingGrain grain, HandleContext context)
    : GroupedHandle(name, grain, grain, context), IRing, IHoldable
{
    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.RangeAsync(start, end, recordsMax, backwards, cancel), cancel);

    /// <summary>Sent again it keeps as many, but counts only what the last call has dropped; so does <see cref="TrimBelowAsync"/>.</summary>
    public ValueTask<long> TrimToCountAsync(long keep, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimToCountAsync(keep, cancel), cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimBelowAsync(id, cancel), cancel);

    /// <summary>Sent again it deletes nothing twice, for ids are never given again, but counts only what the last call has deleted.</summary>
    public ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Patience.CallAsync(() => grain.DeleteAsync(ids, cancel), cancel);

    /// <summary>Held by the same caller again is no change.</summary>
    public async ValueTask HoldAsync(StreamHold hold, CancellationToken cancel = default) => await Patience.CallAsync(
        async () =>
        {
            await grain.HoldAsync(hold, cancel);
            return true;
        },
        cancel);

    public async ValueTask LetGoAsync(StreamHold hold) => await Patience.CallAsync(async () =>
    {
        await grain.LetGoAsync(hold);
        return true;
    });

    /// <summary>A repeat sets the same. Where it is refused, records may have come since the call before, which may have been done: nobody knows.</summary>
    public async ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default)
    {
        var isRepeated = false;
        var result = await Patience.CallAsync(
            isRepeat =>
            {
                isRepeated = isRepeat;
                return grain.SetPositionAsync(position, cancel);
            },
            cancel);
        return !isRepeated || result == RingPositionResult.Done
            ? result
            : throw new StorageUnavailableException($"The answer to setting the position of {Name} was lost; asked again, the ring refuses it ({result}). Look at the ring, and decide.");
    }
}
