using Mesh.Engine.Groups;

namespace Mesh.Engine.Rings;

/// <summary>What a ring keeps: trimming, deleting one by one, and setting its position. Groups are <see cref="GroupedActor"/>'s.</summary>
public abstract class RingKeeper : RingReader
{
    private (StreamNumber Stream, Sequence Sequence, RingId Id) _first;

    private protected RingKeeper(StreamName name, EngineContext engine)
        : base(name, engine)
    {
    }

    public async ValueTask<long> TrimToCountAsync(long keep, long dropMax = long.MaxValue, CancellationToken cancel = default)
    {
        await EnsureOpenAsync(null);
        await LoadPlacesAsync();
        ValueTask<long> trimmed;
        lock (Turn)
        {
            if (!IsOpen) return 0;
            trimmed = Trim(LowToKeep(keep), dropMax);
        }

        return await trimmed;
    }

    public async ValueTask<long> TrimBelowAsync(RingId id, long dropMax = long.MaxValue, CancellationToken cancel = default)
    {
        await EnsureOpenAsync(null);
        await LoadPlacesAsync();
        var first = await FirstNotBelowAsync(id, cancel);
        ValueTask<long> trimmed;
        lock (Turn)
        {
            if (!IsOpen) return 0;
            trimmed = Trim(first, dropMax);
        }

        return await trimmed;
    }

    public async ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default)
    {
        await EnsureOpenAsync(null);
        while (true)
        {
            StreamNumber? stream;
            lock (Turn) stream = Log?.Number;
            var found = new List<(Sequence Sequence, RingId Id)>();
            foreach (var id in ids)
                if (await FindAsync(id, cancel) is { } sequence) found.Add((sequence, id));
            if (found.Count == 0) return 0;
            await EnsureOpenAsync(null);
            ValueTask<int> deleted;
            lock (Turn)
            {
                if (IsMissing) return 0;
                if (!IsOpen || Log!.Number != stream) continue;
                deleted = Delete(found);
            }

            return await deleted;
        }
    }

    public async ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default)
    {
        while (true)
        {
            await EnsureOpenAsync(null);
            await LoadPlacesAsync();
            var newest = await ReadWithDeletedAsync(ReadQuery.Last(1), cancel);
            ValueTask<RingPositionResult?> set;
            lock (Turn)
            {
                if (IsMissing) return RingPositionResult.NoStream;
                if (!IsOpen) continue;
                set = SetPosition(position, newest);
            }

            if (await set is { } result) return result;
        }
    }

    private protected override void KeepLast(long count)
    {
        Settle();
        TrimTo(LowToKeep(count));
    }

    private protected override bool TryCount(bool needsFirstId, out ReadCounts counts)
    {
        var log = Log!;
        Settle();
        var length = LiveCount;
        counts = new ReadCounts(length, Ledger.Added(log.High), RingId.None, log.LastId, Ledger.MaxDeletedId);
        if (length == 0 || !needsFirstId) return true;
        if (_first.Stream != log.Number || _first.Sequence != Ledger.Low)
        {
            if (log.Cache.First > Ledger.Low) return false;
            foreach (var record in log.Cache.BatchOf(Ledger.Low).Slice(Ledger.Low, Ledger.Low, 1)) _first = (log.Number, Ledger.Low, record.Id);
        }

        counts = counts with { FirstId = _first.Id };
        return true;
    }

    private protected override async ValueTask FindFirstAsync(CancellationToken cancel)
    {
        StreamNumber stream;
        Sequence low;
        lock (Turn)
        {
            if (Log is null) return;
            Settle();
            (stream, low) = (Log.Number, Ledger.Low);
        }

        // One that cannot be read is no record: the next one counts for it.
        var first = RingId.None;
        foreach (var record in await ReadAsync(new ReadQuery { From = low, RecordsMax = 1 }, cancel)) first = record.Id;
        lock (Turn) _first = (stream, low, first);
    }

    private protected override long CountFrom(Sequence from) => Ledger.CountLiving(from > Ledger.Low ? from : Ledger.Low, Log!.Next);

    /// <summary>In a turn, settled: where the ring begins when it keeps so many records, those that are not committed among them.</summary>
    private Sequence LowToKeep(long keep)
    {
        Settle();
        var living = Math.Max(0, Log!.PendingNext.Value - Ledger.Low.Value - Ledger.DeletedCount);
        return living <= keep ? Ledger.Low : Ledger.After(living - keep);
    }

    private ValueTask<long> Trim(Sequence low, long dropMax)
    {
        TryApplyRetention();
        Settle();
        var log = Log!;
        if (low > log.Next) low = log.Next;
        if (low <= log.Low) return new(0);

        // What is on its way to be trimmed is not counted again, but waited for.
        var before = Stream!.WantedLow;
        var dropped = low > before ? Ledger.CountLiving(before, low) : 0;
        if (dropped > dropMax) (low, dropped) = (Ledger.After(dropMax + Ledger.CountLiving(Ledger.Low, before)), dropMax);
        TrimTo(low);
        return AfterCommit(dropped);
    }

    private ValueTask<int> Delete(List<(Sequence Sequence, RingId Id)> found)
    {
        var sequences = new HashSet<Sequence>(found.Count);
        var max = RingId.None;
        foreach (var (sequence, id) in found)
            if (Lives(sequence) && sequences.Add(sequence) && id > max) max = id;

        if (sequences.Count == 0) return new(0);
        Ledger.Delete(sequences, max);
        Settle();
        return AfterCommit(sequences.Count);
    }

    /// <returns>Null, after a commit, when something was appended meanwhile: what is set must be held against it.</returns>
    private ValueTask<RingPositionResult?> SetPosition(in RingPosition position, RecordPage newest)
    {
        var log = Log!;
        if (log.High != newest.HighWatermark || log.PendingNext != log.Next) return AfterCommit<RingPositionResult?>(null);
        if (Refuse(position, newest) is { } refused) return new(refused);
        var isLower = LiveCount == 0 && position.LastId < log.PendingLastId;
        Ledger.SetPosition(position, log.PendingNext, isLower);
        log.SetLastId(position.LastId);
        Groups.Table.ForgetPlaces();
        if (isLower) log.Cache.DropThrough(log.High);
        return AfterCommit<RingPositionResult?>(RingPositionResult.Done);
    }

    private RingPositionResult? Refuse(in RingPosition position, RecordPage newest)
    {
        if (LiveCount == 0) return null;

        // A deleted record counts too: ids ascend as long as there are records.
        foreach (var record in newest)
            if (position.LastId < record.Id) return RingPositionResult.BelowTop;
        return position.EntriesAdded < LiveCount ? RingPositionResult.AddedBelowLength : null;
    }
}
