using System.Buffers;
using System.Runtime.CompilerServices;
using Mesh.Engine.Groups;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Frames;
using Mesh.Topics;

namespace Mesh.Engine.Partitions;

/// <summary>
/// One log of events with the last sequences of each topic. The index of topics is part of the snapshot, written again after every
/// <see cref="EngineOptions.TopicSnapshotBytes"/> of records, so opening reads at most that much of the log.
/// </summary>
public sealed class PartitionActor(StreamName name, EngineContext engine) : GroupedActor(name, engine), IPartition
{
    private TopicIndex _topics = new();
    private long _bytesSinceSnapshot;

    internal override bool WantsSnapshot => _bytesSinceSnapshot > Engine.Options.TopicSnapshotBytes;

    public async IAsyncEnumerable<RecordPage> SubscribeAsync(TopicFilter filter, int historyDepth, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var matcher = new TopicMatcher(filter);
        var history = await HistoryAsync(filter, historyDepth, cancel);
        yield return history.FirstPage;
        foreach (var part in history.Parts())
        {
            var picked = await PickAsync(part, cancel);
            if (picked.Count > 0) yield return picked;
        }

        await foreach (var page in TailAsync(history.FirstPage.Next, cancel))
        {
            var matching = matcher.Filter(page);
            if (matching.Count > 0) yield return matching;
        }
    }

    /// <exception cref="ArgumentException">The pattern does not match in linear time, or the depth is out of bounds.</exception>
    public async ValueTask<TopicHistory> HistoryAsync(TopicFilter filter, int historyDepth, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(historyDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(historyDepth, IPartition.HistoryDepthMax);
        var matcher = new TopicMatcher(filter);
        await LoadPlacesAsync();
        lock (Turn)
        {
            return Log is { } log
                ? new TopicHistory(log.Number, log.ReadableLow, log.High, historyDepth > 0 ? _topics.Last(matcher, historyDepth, log.ReadableLow) : [])
                : new TopicHistory(default, Sequence.First, Sequence.None, []);
        }
    }

    public async ValueTask<RecordPage> PickAsync(TopicHistory part, CancellationToken cancel = default) =>
        part.Page(await PickAsync(part.Stream, part.Sequences, cancel));

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

    internal override void WriteSnapshot(IBufferWriter<byte> target)
    {
        base.WriteSnapshot(target);
        var topics = new ArrayBufferWriter<byte>(4096);
        _topics.Trim(Log!.ReadableLow);
        _topics.Write(topics);
        StreamJournal.WriteEntry(target, JournalOp.Topics, topics.WrittenSpan);
        _bytesSinceSnapshot = 0;
    }

    internal override void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        base.OnCommitted(header, batch);
        Index(_topics, header, batch);
        _bytesSinceSnapshot += batch.Length;
    }

    private protected override void OnReset()
    {
        base.OnReset();
        _topics = new TopicIndex();
        _bytesSinceSnapshot = 0;
    }

    private static void Index(TopicIndex topics, in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        foreach (var record in BatchSlice.Whole(batch, header)) topics.Add(record.Key, record.Sequence);
    }
}
