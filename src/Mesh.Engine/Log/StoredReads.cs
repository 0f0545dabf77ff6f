using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>Pages from storage, outside any turn: up to a watermark that was taken in one. Damaged rows are reported and skipped. Thread-safe.</summary>
internal sealed class StoredReads(Func<ILogStore> store, PartlyRead partlyRead, Action<DamagedBatch> report)
{
    /// <summary>Bytes of one step of a walk over what is stored.</summary>
    private const int ScanBytes = 4 * 1024 * 1024;

    public async ValueTask<RecordPage> ReadUpAsync(StreamNumber stream, Sequence low, Sequence high, ReadQuery query, CancellationToken cancel)
    {
        var next = query.From > low ? query.From : low;
        var left = query.RecordsMax;
        var slices = new List<BatchSlice>();
        long bytes = 0;
        for (var hasGap = false; next <= high && left > 0 && bytes < query.BytesMax;)
        {
            if (partlyRead.Find(stream, next) is { } held)
            {
                Take(held);
                continue;
            }

            // Sequences have no gaps but where records are trimmed: what is wanted lies no farther on.
            var through = !hasGap && high.Value - next.Value >= left ? next.Plus(left - 1) : high;
            var stored = await store().ReadAsync(stream, next, through, (int)(query.BytesMax - bytes), cancel);
            Report(stored);
            foreach (var batch in stored.Batches)
            {
                if (left == 0 || batch.Header.First > high) break;
                Take(new CachedBatch(batch.Header, batch.Bytes));
            }

            if (slices.Count > 0) break;
            hasGap = stored.Damaged.Count == 0;
            next = After(stored, hasGap && through < high ? next : through.Next());
        }

        return new RecordPage(slices, next, low, high) { Stream = stream };

        void Take(in CachedBatch batch)
        {
            var slice = batch.Slice(next, high, left);
            slices.Add(slice);
            left -= slice.Count;
            next = batch.Header.First.Plus(slice.Index + slice.Count);
            if (slice.Count == batch.Header.Count) bytes += batch.Bytes.Length;
            else partlyRead.Add(stream, batch);
        }
    }

    public async ValueTask<RecordPage> ReadDownAsync(StreamNumber stream, Sequence low, Sequence high, ReadQuery query, CancellationToken cancel)
    {
        var from = query.From < high ? query.From : high;
        var slices = new List<BatchSlice>();
        long bytes = 0;
        for (var hasGap = false; from >= low && slices.Count < query.RecordsMax && bytes < query.BytesMax;)
        {
            if (partlyRead.Find(stream, from) is { } held)
            {
                Take(held);
                continue;
            }

            var left = query.RecordsMax - slices.Count;
            var through = !hasGap && from.Value - low.Value >= left ? new Sequence(from.Value - left + 1) : low;
            var stored = await store().ReadBackwardsAsync(stream, from, through, (int)(query.BytesMax - bytes), cancel);
            Report(stored);
            foreach (var batch in stored.Batches)
            {
                if (slices.Count >= query.RecordsMax) break;
                Take(new CachedBatch(batch.Header, batch.Bytes));
            }

            if (slices.Count > 0) break;
            hasGap = stored.Damaged.Count == 0;
            if (!hasGap) from = new Sequence(stored.Damaged[^1].First.Value - 1);
            else if (through == low) from = Sequence.None;
        }

        return new RecordPage(slices, from, low, high) { Stream = stream };

        void Take(in CachedBatch batch)
        {
            var before = slices.Count;
            from = CachedReads.Descend(slices, batch, from, low, query.RecordsMax);
            if (slices.Count - before == batch.Header.Count) bytes += batch.Bytes.Length;
            else partlyRead.Add(stream, batch);
        }
    }

    /// <summary>For rebuilding: walks all stored batches from the one that holds <paramref name="from"/> on.</summary>
    public async ValueTask ScanAsync(SequencedLog log, Sequence from, BatchCommitted onBatch)
    {
        for (var next = from; next <= log.High;)
        {
            var page = await store().ReadAsync(log.Number, next, log.High, ScanBytes);
            Report(page);
            foreach (var batch in page.Batches) onBatch(batch.Header, batch.Bytes);
            if (page.Exhausted) return;
            next = After(page, next);
        }
    }

    /// <summary>The batch that holds one record; null when it is gone or damaged.</summary>
    public async ValueTask<CachedBatch?> BatchOfAsync(StreamNumber stream, Sequence sequence, CancellationToken cancel)
    {
        if (partlyRead.Find(stream, sequence) is { } held) return held;
        var page = await store().ReadAsync(stream, sequence, sequence, bytesMax: 1, cancel);
        Report(page);
        if (page.Batches is not [var stored, ..] || stored.Header.First > sequence || sequence > stored.Header.Last) return null;
        var batch = new CachedBatch(stored.Header, stored.Bytes);
        if (batch.Header.Count > 1) partlyRead.Add(stream, batch);
        return batch;
    }

    /// <summary>The sequence after the last row of a page, damaged or not.</summary>
    private static Sequence After(StoredPage page, Sequence otherwise)
    {
        var batches = page.Batches.Count > 0 ? page.Batches[^1].Header.Last.Next() : Sequence.None;
        var damaged = page.Damaged.Count > 0 ? page.Damaged[^1].First.Plus(page.Damaged[^1].Count) : Sequence.None;
        var last = batches > damaged ? batches : damaged;
        return last == Sequence.None ? otherwise : last;
    }

    private void Report(StoredPage page)
    {
        foreach (var damaged in page.Damaged) report(damaged);
    }
}
