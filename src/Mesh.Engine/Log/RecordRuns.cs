using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>Chooses among the records of a slice.</summary>
internal static class RecordRuns
{
    /// <summary>Adds the runs of records that are kept.</summary>
    public static void Keep(in BatchSlice slice, RecordChoice isKept, List<BatchSlice> runs)
    {
        var walker = slice.GetEnumerator();
        var run = default(BatchSlice);
        while (walker.MoveNext())
        {
            if (isKept(walker.Current))
            {
                run = run.Count == 0 ? new BatchSlice(slice.Batch, walker.Offset, walker.Index, 1) : run with { Count = run.Count + 1 };
                continue;
            }

            if (run.Count > 0) runs.Add(run);
            run = default;
        }

        if (run.Count > 0) runs.Add(run);
    }

    /// <summary>The first records of a page.</summary>
    public static RecordPage Cut(RecordPage page, int count)
    {
        if (page.Count <= count) return page;
        var slices = new List<BatchSlice>();
        foreach (var slice in page.Slices)
        {
            if (count == 0) break;
            slices.Add(slice.Count <= count ? slice : slice.Part(0, count));
            count -= slices[^1].Count;
        }

        return new RecordPage(slices, page.Next, page.LowWatermark, page.HighWatermark);
    }
}

/// <summary>Says whether a record is kept.</summary>
internal delegate bool RecordChoice(in RecordView record);
