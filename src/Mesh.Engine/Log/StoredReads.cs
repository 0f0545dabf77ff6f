using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>Pages from storage, outside any turn: up to a watermark that was taken in one. Damaged rows are reported and skipped. Thread-safe.</summary>
internal sealed class StoredReads(Func<ILogStore> store, Action<DamagedBatch> report)
{
    /// <summary>Bytes of one step of a walk over what is stored.</summary>
    private const int ScanBytes = 4 * 1024 * 1024;

    public async ValueTask<RecordPage> ReadUpAsync(StreamNumber stream, Sequence low, Sequence high, ReadQuery query, CancellationToken cancel)
    {
        var next = query.From > low ? query.From : low;
        var slices = new List<BatchSlice>();
        while (slices.Count == 0 && next <= high)
        {
            var stored = await store().ReadAsync(stream, next, high, query.BytesMax, cancel);
            Report(stored);
            var left = query.RecordsMax;
            foreach (var batch in stored.Batches)
            {
                if (left == 0 || batch.Header.First > high) break;
                var slice = new CachedBatch(batch.Header, batch.Bytes).Slice(next, high, left);
                slices.Add(slice);
                left -= slice.Count;
                next = batch.Header.First.Plus(slice.Index + slice.Count);
            }

            if (slices.Count > 0) break;
            next = After(stored, high.Next());
        }

        return new RecordPage(slices, next, low, high);
    }

    public async ValueTask<RecordPage> ReadDownAsync(StreamNumber stream, Sequence low, Sequence high, ReadQuery query, CancellationToken cancel)
    {
        var from = query.From < high ? query.From : high;
        var slices = new List<BatchSlice>();
        while (slices.Count == 0 && from >= low)
        {
            var stored = await store().ReadBackwardsAsync(stream, from, low, query.BytesMax, cancel);
            Report(stored);
            foreach (var batch in stored.Batches)
            {
                if (slices.Count >= query.RecordsMax) break;
                from = CachedReads.Descend(slices, new CachedBatch(batch.Header, batch.Bytes), from, low, query.RecordsMax);
            }

            if (slices.Count > 0) break;
            from = stored.Damaged.Count > 0 ? new Sequence(stored.Damaged[^1].First.Value - 1) : Sequence.None;
        }

        return new RecordPage(slices, from, low, high);
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
        var page = await store().ReadAsync(stream, sequence, sequence, bytesMax: 1, cancel);
        Report(page);
        if (page.Batches.Count == 0) return null;
        var batch = page.Batches[0];
        return batch.Header.First <= sequence && sequence <= batch.Header.Last ? new CachedBatch(batch.Header, batch.Bytes) : null;
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
