using Mesh.Engine.Log;
using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>Reads what comes after a group's last id: from memory in a turn, or from storage between two.</summary>
/// <param name="source">The stream.</param>
internal sealed class GroupReads(IGroupSource source)
{
    /// <summary>Bytes of batches after which a page ends early.</summary>
    public const long BytesMax = 8L * 1024 * 1024;

    private readonly SemaphoreSlim _bringing = new(1);
    private ReadAhead? _ahead;

    /// <summary>In a turn, settled: the next records of a group, from memory or as they were brought.</summary>
    /// <param name="group">The group.</param>
    /// <param name="recordsMax">At most so many.</param>
    /// <param name="brought">What was read before the turn; says what to read when it must be.</param>
    /// <returns>Null when they must be brought.</returns>
    public RecordPage? TryReadNext(ConsumerGroup group, int recordsMax, ref BroughtPage brought)
    {
        if (group.Key is not null) return TryReadMatching(group, recordsMax, ref brought);
        var isBrought = brought.Page is not null && brought.Stream == source.Log!.Number && brought.After == group.LastId;
        var page = isBrought ? source.Living(brought.Page!) : TryReadNext(group, recordsMax);
        if (page is not null && !(isBrought && page.Count == 0 && brought.Page!.Count > 0)) return page;
        brought = new BroughtPage(source.Log!.Number, group.LastId, null) { Group = group, Next = group.Next, Tried = Volatile.Read(ref _ahead) };
        return null;
    }

    /// <summary>Forgets what was read ahead, unless it is newer.</summary>
    public void Drop(ReadAhead ahead) => Interlocked.CompareExchange(ref _ahead, null, ahead);

    /// <summary>
    /// Reads what is to be read before the next turn. Consumers that want the same wait for the one that reads it; where another has read for the group meanwhile, what was
    /// asked may be behind it long since, and the next turn tells.
    /// </summary>
    public async ValueTask<BroughtPage> BringAsync(BroughtPage asked, int recordsMax, CancellationToken cancel)
    {
        if (asked.From is { } from) return asked with { Page = await source.ReadAsync(WholeFrom(from), cancel) };
        await _bringing.WaitAsync(cancel);
        try
        {
            var ahead = Volatile.Read(ref _ahead);
            var isHere = ahead is not null && ahead != asked.Tried && (ahead.Reader == asked.Group || (asked.Next is { } next && ahead.TryTake(asked.Stream, next, 1) is not null));
            return isHere ? asked : asked with { Page = await ReadAfterAsync(asked, recordsMax, cancel) };
        }
        finally
        {
            _bringing.Release();
        }
    }

    /// <summary>The next records of a group of one key. What was looked at in vain is not looked at again, as long as the stream stays open.</summary>
    private RecordPage? TryReadMatching(ConsumerGroup group, int recordsMax, ref BroughtPage brought)
    {
        var log = source.Log!;
        while (true)
        {
            if (group.LastId >= source.LastId || NextOf(group) is not { } from || from > log.High) return RecordPage.Empty(log.Next, log.ReadableLow, log.High);
            var isBrought = brought.Page is not null && brought.Stream == log.Number && brought.After == group.LastId && brought.From == from;
            var page = isBrought ? brought.Page : source.TryReadHere(WholeFrom(from));
            if (page is null)
            {
                brought = new BroughtPage(log.Number, group.LastId, null) { From = from };
                return null;
            }

            var matching = group.Filter.Of(page, recordsMax);
            if (matching.Count > 0) return matching;
            group.MoveTo(group.LastId, page.Next > from ? page.Next : log.Next);
        }
    }

    private static ReadQuery WholeFrom(Sequence from) => new() { From = from, RecordsMax = ReadQuery.RecordsLimit };

    /// <summary>The next records of a group, from memory; null when storage must be asked.</summary>
    private RecordPage? TryReadNext(ConsumerGroup group, int recordsMax)
    {
        var log = source.Log!;
        if (group.LastId >= source.LastId) return RecordPage.Empty(log.Next, log.ReadableLow, log.High);
        if (NextOf(group) is not { } from) return null;
        var slices = new List<BatchSlice>();
        for (var left = recordsMax; ;)
        {
            var page = source.TryReadHere(new ReadQuery { From = from, RecordsMax = left, BytesMax = (int)BytesMax }) ?? TakeAhead(from, left);
            if (page is null) return null;
            var living = source.Living(page);
            from = page.Next;
            left -= living.Count;
            if (slices.Count == 0 && (living.Count == recordsMax || page.Next > log.High)) return living;
            slices.AddRange(living.Slices);
            if (left == 0 || page.Count == 0 || page.Next > log.High) return new RecordPage(slices, from, page.LowWatermark, page.HighWatermark);
        }
    }

    /// <summary>Records after an id, up to <see cref="BytesMax"/>.</summary>
    private async ValueTask<RecordPage> ReadAfterAsync(BroughtPage asked, int recordsMax, CancellationToken cancel)
    {
        await source.EnsureReadableAsync();
        var next = await source.FirstNotBelowAsync(asked.After.Next() ?? RingId.Max, cancel);
        var slices = new List<BatchSlice>();
        var records = 0;
        long bytes = 0;
        while (true)
        {
            var page = await ReadAheadAsync(asked, next, recordsMax - records, cancel);
            slices.AddRange(page.Slices);
            records += page.Count;
            foreach (var slice in page.Slices) bytes += slice.Count == 1 ? 0 : slice.Batch.Length;
            next = page.Next;
            if (page.Count == 0 || records >= recordsMax || bytes >= BytesMax) return new RecordPage(slices, next, page.LowWatermark, page.HighWatermark);
        }
    }

    /// <summary>In a turn: what was read for another consumer.</summary>
    private RecordPage? TakeAhead(Sequence from, int recordsMax)
    {
        var log = source.Log!;
        var low = log.ReadableLow;
        return Volatile.Read(ref _ahead)?.TryTake(log.Number, from > low ? from : low, recordsMax) is { } page ? new RecordPage(page.Slices, page.Next, low, log.High) : null;
    }

    /// <summary>Reads at least <see cref="ReadAhead.RecordsMin"/>, and keeps them for those who come next.</summary>
    private async ValueTask<RecordPage> ReadAheadAsync(BroughtPage asked, Sequence from, int recordsMax, CancellationToken cancel)
    {
        var page = await source.ReadAsync(new ReadQuery { From = from, RecordsMax = Math.Max(recordsMax, ReadAhead.RecordsMin) }, cancel);
        var ahead = new ReadAhead(asked.Stream, from, page, asked.Group);
        Volatile.Write(ref _ahead, ahead);
        source.Engine.ReadAheads.Add(this, ahead);
        return page.Count <= recordsMax ? page : ahead.TryTake(asked.Stream, from, recordsMax) ?? page;
    }

    /// <summary>In a turn: the records of a page that are not pending in a group, or not so that they may not be handed out.</summary>
    /// <param name="page">The page.</param>
    /// <param name="table">Knows the records' ids.</param>
    /// <param name="group">The group.</param>
    /// <param name="isHeldOnly">Leaves out only what is held against others.</param>
    public static RecordPage Unheld(RecordPage page, GroupTable table, ConsumerGroup group, bool isHeldOnly)
    {
        if (page.Count == 0 || group.Pending.Count == 0 || (isHeldOnly && group.Claims.Count == 0 && group.MoverNumber == 0)) return page;
        var slices = new List<BatchSlice>(page.Slices.Count);
        foreach (var slice in page.Slices)
            RecordRuns.Keep(slice, (in record) => !group.Pending.TryGet(table.IdOf(record), out var entry) || (isHeldOnly && !entry.IsHeld), slices);
        return new RecordPage(slices, page.Next, page.LowWatermark, page.HighWatermark);
    }

    private Sequence? NextOf(ConsumerGroup group)
    {
        if (group.Next is null && source.HasSequenceIds && group.LastId.Milliseconds < long.MaxValue)
            group.MoveTo(group.LastId, new Sequence((long)group.LastId.Milliseconds + 1));
        return group.Next;
    }
}

/// <summary>Records read between turns.</summary>
/// <param name="Stream">The stream they are of.</param>
/// <param name="After">The group's last id that they follow.</param>
/// <param name="Page">The records; null when they are still to be read.</param>
internal readonly record struct BroughtPage(StreamNumber Stream, RingId After, RecordPage? Page)
{
    /// <summary>Groups of one key: where the page begins, which is as it is stored.</summary>
    public Sequence? From { get; init; }

    /// <summary>The group that asks.</summary>
    public ConsumerGroup? Group { get; init; }

    /// <summary>The sequence to read from, if it is known.</summary>
    public Sequence? Next { get; init; }

    /// <summary>What was read ahead, and was not enough.</summary>
    public ReadAhead? Tried { get; init; }
}
