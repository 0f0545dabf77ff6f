using System.Buffers;
using System.Runtime.CompilerServices;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Frames;

namespace Mesh.Engine.Partitions;

/// <summary>
/// One log of events with the last sequences of each topic. The index of topics is part of the snapshot, written again after every
/// <see cref="SnapshotBytes"/> of records, so opening reads at most that much of the log.
/// </summary>
public sealed class PartitionActor(StreamName name, EngineContext engine) : StreamActor(name, engine), IPartition
{
    private const long SnapshotBytes = 32L * 1024 * 1024;
    private const int HistoryPageRecords = 256;

    private TopicIndex _topics = new();
    private long _bytesSinceSnapshot;

    private protected override bool WantsSnapshot => _bytesSinceSnapshot > SnapshotBytes;

    public async IAsyncEnumerable<RecordPage> SubscribeAsync(TopicFilter filter, int historyDepth, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(historyDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(historyDepth, IPartition.HistoryDepthMax);
        var matcher = new TopicMatcher(filter);
        await LoadPlacesAsync();
        var history = new List<Sequence>();
        var stream = default(StreamNumber);
        Sequence low, high;
        lock (Turn)
        {
            (stream, low, high) = Log is { } log ? (log.Number, log.ReadableLow, log.High) : (default, Sequence.First, Sequence.None);
            if (historyDepth > 0) history = _topics.Last(matcher, historyDepth, low);
        }

        yield return RecordPage.Empty(high.Next(), low, high);
        for (var at = 0; at < history.Count; at += HistoryPageRecords)
        {
            var picked = await PickAsync(stream, history.GetRange(at, Math.Min(HistoryPageRecords, history.Count - at)), cancel);
            if (picked.Count > 0) yield return new RecordPage(picked, high.Next(), low, high);
        }

        await foreach (var page in TailAsync(high.Next(), cancel))
        {
            var matching = matcher.MatchesAll ? page : Filter(page, matcher);
            if (matching.Count > 0) yield return matching;
        }
    }

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        var takeOver = await base.RebuildAsync(opened, log, entries);
        var topics = new TopicIndex();
        foreach (var entry in entries)
            if (entry.Op == JournalOp.Topics) topics = TopicIndex.Read(entry.Payload.Span);
        long bytes = 0;
        await Stored.ScanAsync(log, topics.Through.Next(), (in header, batch) =>
        {
            Index(topics, header, batch);
            bytes += batch.Length;
        });

        return () =>
        {
            takeOver();
            _topics = topics;
            _bytesSinceSnapshot = bytes;
        };
    }

    private protected override void WriteSnapshot(IBufferWriter<byte> target)
    {
        base.WriteSnapshot(target);
        var topics = new ArrayBufferWriter<byte>(4096);
        _topics.Trim(Log!.ReadableLow);
        _topics.Write(topics);
        StreamJournal.WriteEntry(target, JournalOp.Topics, topics.WrittenSpan);
        _bytesSinceSnapshot = 0;
    }

    private protected override void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        Index(_topics, header, batch);
        _bytesSinceSnapshot += batch.Length;
    }

    private protected override void OnReset()
    {
        _topics = new TopicIndex();
        _bytesSinceSnapshot = 0;
    }

    private static void Index(TopicIndex topics, in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        foreach (var record in BatchSlice.Whole(batch, header)) topics.Add(record.Key, record.Sequence);
    }

    /// <summary>The records of a page whose topics match, in runs.</summary>
    private static RecordPage Filter(RecordPage page, TopicMatcher matcher)
    {
        var runs = new List<BatchSlice>();
        foreach (var slice in page.Slices)
        {
            var run = default(BatchSlice);
            var walker = slice.GetEnumerator();
            while (walker.MoveNext())
            {
                if (matcher.Matches(walker.Current.Key))
                {
                    run = run.Count == 0 ? new BatchSlice(slice.Batch, walker.Offset, walker.Index, 1) : run with { Count = run.Count + 1 };
                    continue;
                }

                if (run.Count > 0) runs.Add(run);
                run = default;
            }

            if (run.Count > 0) runs.Add(run);
        }

        return new RecordPage(runs, page.Next, page.LowWatermark, page.HighWatermark);
    }
}
