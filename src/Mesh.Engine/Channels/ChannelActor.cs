using System.Text;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Frames;

namespace Mesh.Engine.Channels;

/// <summary>One tree of channels. Its index of paths lives in memory and is rebuilt from the records within retention when the stream is opened.</summary>
public sealed class ChannelActor(StreamName name, EngineContext engine) : StreamActor(name, engine), IChannel
{
    /// <summary>Records looked at in one round, at least, while leaving out what the reader published itself.</summary>
    private const int RoundRecordsMin = 64;

    private ChannelIndex _index = new();

    public async ValueTask<RecordPage> ReadAsync(ChannelQuery query, CancellationToken cancel = default)
    {
        var slices = new List<BatchSlice>();
        var (after, before) = (query.After, RecordTime.Max);
        while (true)
        {
            await LoadPlacesAsync();
            SequencedLog log;
            Sequence low, high;
            List<Sequence> found;
            var limit = Math.Max(query.RecordsMax - slices.Count, RoundRecordsMin);
            lock (Turn)
            {
                if (Log is null) return RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None);
                (log, low, high) = (Log, Log.ReadableLow, Log.High);
                found = _index.Find(query.Path, query.Scope, after, before, query.Descending, limit);
            }

            // What the reader published itself is left out after it was found, so another round may be needed for a full page.
            var candidates = await PickAsync(log.Number, found, cancel);
            var last = KeepForeign(slices, candidates, query);
            if (slices.Count >= query.RecordsMax || found.Count < limit || candidates.Count == 0)
                return new RecordPage(slices, high.Next(), low, high);
            if (query.Descending) before = last;
            else after = last;
        }
    }

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        var takeOver = await base.RebuildAsync(opened, log, entries);
        var index = new ChannelIndex();
        await ScanAsync(log, await OldestWorthReadingAsync(opened, log.Low), (in header, batch) => Index(index, header, batch));
        index.Trim(log.Low);
        return () =>
        {
            takeOver();
            _index = index;
        };
    }

    private protected override void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch) => Index(_index, header, batch);

    private protected override void OnTrimmed(Sequence low) => _index.Trim(low);

    private protected override void OnReset() => _index = new ChannelIndex();

    /// <summary>Records that age has taken from readers are not read again only to be forgotten.</summary>
    private async ValueTask<Sequence> OldestWorthReadingAsync(OpenedStream opened, Sequence low)
    {
        if (opened.Entry.Options.RetentionAge is not { } age) return low;
        var cutoff = new RecordTime(Math.Max(0, Engine.Clock.Now().Micros - (age.Ticks / TimeSpan.TicksPerMicrosecond)));
        return await Engine.Store.FindAsync(opened.Entry.Number, cutoff) is { } place && place.First > low ? place.First : low;
    }

    private static void Index(ChannelIndex index, in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        foreach (var record in BatchSlice.Whole(batch, header))
            index.Add(Encoding.UTF8.GetString(record.Key), new ChannelIndex.Place(record.Sequence, record.Time));
    }

    /// <returns>The time of the last candidate.</returns>
    private static RecordTime KeepForeign(List<BatchSlice> kept, List<BatchSlice> candidates, ChannelQuery query)
    {
        var last = RecordTime.None;
        Span<byte> producer = query.ExceptProducer is null ? [] : Encoding.UTF8.GetBytes(query.ExceptProducer);
        foreach (var slice in candidates)
        {
            if (kept.Count >= query.RecordsMax) break;
            foreach (var record in slice)
            {
                last = record.Time;
                if (query.ExceptProducer is null || !record.Producer.SequenceEqual(producer)) kept.Add(slice);
            }
        }

        return last;
    }
}
