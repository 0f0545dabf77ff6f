using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;

namespace Mesh.Engine.Queues;

/// <summary>Where a queue's records are looked at for the first time, a stretch at a time, and where those that are gone leave it. What takes them is
/// <see cref="QueueActor"/>'s.</summary>
public abstract class QueueFrontier : QueueReader
{
    /// <summary>Bytes read to see whether the oldest record has expired.</summary>
    private const int HeadBytes = 64 * 1024;

    private protected QueueFrontier(StreamName name, EngineContext engine)
        : base(name, engine)
    {
    }

    private protected LookAhead Ahead { get; } = new();

    /// <summary>Somebody took from the queue since the last maintenance.</summary>
    private protected bool WasUsed { get; set; }

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries) =>
        await base.RebuildAsync(opened, log, entries) + (() =>
        {
            Ahead.Clear();
            Ahead.KnowsPriorities = opened.Entry.Options.Priorities == true;
        });

    private protected override void OnReset()
    {
        base.OnReset();
        Ahead.Clear();
    }

    private protected override async ValueTask PrepareMaintenanceAsync()
    {
        await SweepAsync(CancellationToken.None);
        lock (Turn)
        {
            // A queue that nobody takes from holds no bytes.
            if (!WasUsed) Ahead.Release();
            WasUsed = false;
        }
    }

    /// <summary>In a turn: what is gone at the head is gone for readers too once that is durable, and whole batches of it are deleted.</summary>
    private protected void Settle()
    {
        Stream!.Follow(Table.Low < Log!.PendingNext ? Table.Low : Log.PendingNext);
        CountClaims();
    }

    /// <summary>In a turn: looks at records until so many are free; where they have priorities at all of them, for the last may come first.</summary>
    /// <returns>From where records must be read first; null when there is nothing more to look at.</returns>
    private protected Sequence? Examine(int limit, RecordTime now)
    {
        while ((Table.FreeCount < limit || Ahead.KnowsPriorities) && Table.Frontier <= Log!.High && !Table.IsFull)
        {
            if (!Ahead.TryPeek(Table.Frontier, out var terms)) return Ahead.NextToRead(Table.Frontier);
            if (Table.Examine(terms, now)) Ahead.SetAside();
        }

        return null;
    }

    private protected async ValueTask ReadAheadAsync(StreamNumber stream, Sequence from, int bytesMax, CancellationToken cancel)
    {
        var page = await ReadAsync(new ReadQuery { From = from, RecordsMax = LookAhead.RecordsMax, BytesMax = bytesMax }, cancel);
        lock (Turn)
        {
            // A queue made anew meanwhile has other records.
            if (Log?.Number != stream) return;
            if (page.Count > 0) Ahead.Add(page, from, Table.Frontier);
            else if (Ahead.NextToRead(Table.Frontier) == from) Table.SkipTo(page.Next);
        }
    }

    /// <summary>Deletes records that have expired at the head of the queue, where they would be counted although nobody can have them.</summary>
    private protected async ValueTask SweepAsync(CancellationToken cancel)
    {
        for (Sequence? toRead = Sequence.First; toRead is not null;)
        {
            StreamNumber stream;
            lock (Turn)
            {
                if (!IsOpen) return;
                stream = Log!.Number;
                var now = Engine.Clock.Now();
                Advance(now);
                toRead = Sweep(now);
                Settle();
            }

            if (toRead is { } from) await ReadAheadAsync(stream, from, HeadBytes, cancel);
        }
    }

    /// <summary>In a turn: looks at records at the frontier as long as nothing before it is left, and the next one has expired.</summary>
    /// <returns>From where records must be read first; null when that is done.</returns>
    private Sequence? Sweep(RecordTime now)
    {
        while (true)
        {
            Table.SkipTo(Table.Low < Table.Frontier ? Table.Frontier : Table.Low);
            if (Table.Low < Table.Frontier || Table.Frontier > Log!.High) break;
            if (Ahead.Head.Sequence == Table.Frontier.Value && Ahead.Head.ExpiresAt > now) break;
            if (!Ahead.TryPeek(Table.Frontier, out var terms)) return Ahead.NextToRead(Table.Frontier);
            Ahead.Head = terms;
            if (terms.ExpiresAt > now) Table.SkipTo(new Sequence(terms.Sequence));
            else Table.Examine(terms, now);
        }

        Table.WriteExamined();
        return null;
    }
}
