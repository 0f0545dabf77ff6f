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
        ArgumentOutOfRangeException.ThrowIfLessThan(query.BytesMax, 1);
        var slices = new List<BatchSlice>();
        var (after, before) = (query.After, RecordTime.Max);
        var bytesLeft = query.BytesMax;
        while (true)
        {
            await LoadPlacesAsync();
            SequencedLog log;
            Sequence low, high;
            List<ChannelIndex.Place> found;
            var limit = Math.Max(query.RecordsMax - slices.Count, RoundRecordsMin);
            lock (Turn)
            {
                if (Log is null) return RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None);
                (log, low, high) = (Log, Log.ReadableLow, Log.High);
                found = _index.Find(query.Path, query.Scope, after, before, query.Descending, limit);
            }

            // What the reader published itself is left out after it was found, so another round may be needed for a full page.
            var picked = await PickAsync(log.Number, found.ConvertAll(place => place.Sequence), bytesLeft, cancel);
            KeepForeign(slices, picked.Slices, query);
            bytesLeft = slices.Count == 0 ? query.BytesMax : bytesLeft - picked.Bytes;
            var isLast = found.Count < limit && picked.Looked == found.Count;
            if (isLast || slices.Count >= query.RecordsMax || bytesLeft <= 0) return new RecordPage(slices, high.Next(), low, high);
            if (query.Descending) before = found[picked.Looked - 1].Time;
            else after = found[picked.Looked - 1].Time;
        }
    }

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        var takeOver = await base.RebuildAsync(opened, log, entries);
        var index = new ChannelIndex();
        await Stored.ScanAsync(log, await OldestWorthReadingAsync(opened, log.Low), (in header, batch) => Index(index, header, batch));
        index.Trim(log.Low);
        return () =>
        {
            takeOver();
            _index = index;
        };
    }

    internal override void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch) => Index(_index, header, batch);

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

    private static void KeepForeign(List<BatchSlice> kept, List<BatchSlice> candidates, ChannelQuery query)
    {
        Span<byte> producer = query.ExceptProducer is null ? [] : Encoding.UTF8.GetBytes(query.ExceptProducer);
        foreach (var slice in candidates)
        {
            if (kept.Count >= query.RecordsMax) return;
            foreach (var record in slice)
                if (query.ExceptProducer is null || !record.Producer.SequenceEqual(producer)) kept.Add(slice);
        }
    }
}
