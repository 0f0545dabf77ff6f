using Mesh.Engine.Groups;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Channels;

/// <summary>One tree of channels. Its index of paths lives in memory and is rebuilt from the records within retention when the stream is opened.</summary>
public sealed class ChannelActor(StreamName name, EngineContext engine) : GroupedActor(name, engine), IChannel
{
    private readonly ChannelWaiters _waiters = new();
    private ChannelIndex _index = new();

    public async ValueTask<RecordPage> ReadAsync(ChannelQuery query, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.BytesMax, 1);
        var page = new ChannelPage(query);
        while (true)
        {
            await LoadPlacesAsync();
            SequencedLog log;
            Sequence low, high;
            lock (Turn)
            {
                if (Log is null) return RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None);
                (log, low, high) = (Log, Log.ReadableLow, Log.High);
                page.Find(_index);
                if (page.TryFill(log.Cache, high)) return page.ToPage(low, high);
            }

            // What is no longer in memory is read outside the turn. Records may prove damaged, so another round may be needed for a full page.
            while (page.Missing is { } missing) page.Fill(await Stored.BatchOfAsync(log.Number, missing, cancel));
            if (page.IsDone) return page.ToPage(low, high);
        }
    }

    public async ValueTask<bool> WaitAsync(ChannelQuery query, Sequence from, TimeSpan timeout, CancellationToken cancel = default)
    {
        await EnsureReadableAsync();
        ChannelWaiter waiter;
        lock (Turn)
        {
            if (Log is { } log && log.High >= from && _index.Any(query, from)) return true;
            waiter = _waiters.Add(query);
            NoteAwaited();
        }

        try
        {
            await waiter.Woken.WaitAsync(timeout, Engine.Clock.Source, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (Turn)
            {
                _waiters.Remove(waiter);
                NoteAwaited();
            }
        }
    }

    private protected override bool IsAwaited => base.IsAwaited || _waiters.Count > 0;

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        var takeOver = await base.RebuildAsync(opened, log, entries);
        var index = new ChannelIndex();
        await Stored.ScanAsync(log, await OldestWorthReadingAsync(opened, log.Low), (in header, batch) => index.Add(BatchSlice.Whole(batch, header)));
        index.Trim(log.Low);
        return () =>
        {
            takeOver();
            _index = index;
            _waiters.WakeAll();
        };
    }

    internal override void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        base.OnCommitted(header, batch);
        var records = BatchSlice.Whole(batch, header);
        _index.Add(records);
        _waiters.Wake(records);
    }

    private protected override void OnTrimmed(Sequence low) => _index.Trim(low);

    private protected override void OnReset()
    {
        base.OnReset();
        _index = new ChannelIndex();
        _waiters.WakeAll();
    }

    /// <summary>Records that age has taken from readers are not read again only to be forgotten.</summary>
    private async ValueTask<Sequence> OldestWorthReadingAsync(OpenedStream opened, Sequence low)
    {
        if (opened.Entry.Options.RetentionAge is not { } age) return low;
        var cutoff = new RecordTime(Math.Max(0, Engine.Clock.Now().Micros - (age.Ticks / TimeSpan.TicksPerMicrosecond)));
        return await Home.Store.FindAsync(opened.Entry.Number, cutoff) is { } place && place.First > low ? place.First : low;
    }
}
