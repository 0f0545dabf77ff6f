using System.Buffers;
using Mesh.Engine.Journal;

namespace Mesh.Engine.Log;

/// <summary>Which appends were made before, and what they got: by the ids that publishers give, by the marks of hosts that send, by the
/// numbers of producers, and by where moved records come from. Not thread-safe.</summary>
internal sealed class Repeats(TimeSpan window)
{
    private readonly DedupeWindow _ids = new(window);
    private readonly SenderMarks _marks = new(window);
    private readonly ProducerNumbers _producers = new(window);
    private readonly MovedRecords _moved = new();
    private readonly ArrayBufferWriter<byte> _scratch = new(64);

    /// <summary>What the append was given when it came before; null when it is new.</summary>
    /// <param name="options">How it was sent.</param>
    /// <param name="count">Its records.</param>
    /// <param name="now">The clock.</param>
    /// <param name="stream">The stream's number.</param>
    /// <param name="retryAfter">For those that nobody waits for.</param>
    /// <exception cref="ArgumentException">The dedupe id is too long.</exception>
    public AppendResult? Find(in AppendOptions options, int count, RecordTime now, StreamNumber stream, TimeSpan retryAfter)
    {
        if (options.Sender is { } mark)
        {
            if (_marks.Find(mark) is { } placed) return placed.ToResult(stream);

            // A message that was overtaken by its own repeat: nobody waits for its answer.
            if (_marks.IsSettled(mark)) return new AppendResult.Busy(retryAfter);
        }

        if (options.Producer is { } producer && _producers.Find(producer, count) is { } known) return new AppendResult.Duplicate(stream, known.First, known.Count);
        if (options.Origin is { } origin && _moved.Find(origin) is { } moved) return new AppendResult.Duplicate(stream, moved, 1);
        var id = options.DedupeId;
        if (id.Length == 0) return null;
        if (id.Length > DedupeWindow.IdBytesMax)
            throw new ArgumentException($"A dedupe id has at most {DedupeWindow.IdBytesMax} bytes; this one has {id.Length}.", nameof(options));
        return _ids.TryFind(id.Span, now, out var first, out var stored) ? new AppendResult.Duplicate(stream, first, stored) : null;
    }

    /// <summary>Keeps what an append got.</summary>
    /// <param name="options">How it was sent.</param>
    /// <param name="now">The clock.</param>
    /// <param name="placed">Where its records stand.</param>
    /// <param name="journal">What must be durable with it.</param>
    public void Remember(in AppendOptions options, RecordTime now, in Placement placed, StreamJournal journal)
    {
        if (options.DedupeId.Length > 0)
        {
            var id = options.DedupeId.Span;
            _ids.Add(id, now, placed.First, placed.Count);
            _scratch.ResetWrittenCount();
            DedupeWindow.Write(_scratch, id, now, placed.First, placed.Count);
            journal.Add(JournalOp.Dedupe, _scratch.WrittenSpan);
        }

        if (options.Origin is { } origin)
        {
            _moved.Add(origin, placed.First);
            _scratch.ResetWrittenCount();
            MovedRecords.Write(_scratch, origin, placed.First);
            journal.Add(origin.Mover == 0 ? JournalOp.Moved : JournalOp.MovedByGroup, _scratch.WrittenSpan);
        }

        if (options.Producer is { } producer)
        {
            _producers.Add(producer, now, placed.First, placed.Count);
            _scratch.ResetWrittenCount();
            ProducerNumbers.Write(_scratch, producer, now, placed.First, placed.Count);
            journal.Add(JournalOp.Producers, _scratch.WrittenSpan);
        }

        if (options.Sender is not { } mark) return;
        _marks.Add(mark, placed);
        _scratch.ResetWrittenCount();
        SenderMarks.Write(_scratch, mark, placed);
        journal.Add(JournalOp.Senders, _scratch.WrittenSpan);
    }

    public void TakeIn(IReadOnlyList<RecoveredEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Op == JournalOp.Dedupe) _ids.ReadAll(entry.Payload.Span);
            if (entry.Op == JournalOp.Senders) _marks.ReadAll(entry.Payload.Span);
            if (entry.Op == JournalOp.Producers) _producers.ReadAll(entry.Payload.Span);
            if (entry.Op is JournalOp.Moved or JournalOp.MovedByGroup) _moved.ReadAll(entry.Payload.Span, entry.Op == JournalOp.MovedByGroup);
        }
    }

    public void WriteSnapshot(IBufferWriter<byte> target, RecordTime now)
    {
        _scratch.ResetWrittenCount();
        _ids.WriteAll(_scratch, now);
        if (_scratch.WrittenCount > 0) StreamJournal.WriteEntry(target, JournalOp.Dedupe, _scratch.WrittenSpan);
        _scratch.ResetWrittenCount();
        _marks.WriteAll(_scratch, now);
        if (_scratch.WrittenCount > 0) StreamJournal.WriteEntry(target, JournalOp.Senders, _scratch.WrittenSpan);
        _scratch.ResetWrittenCount();
        _producers.WriteAll(_scratch, now);
        if (_scratch.WrittenCount > 0) StreamJournal.WriteEntry(target, JournalOp.Producers, _scratch.WrittenSpan);
        _scratch.ResetWrittenCount();
        _moved.WriteAll(_scratch);
        if (_scratch.WrittenCount > 0) StreamJournal.WriteEntry(target, JournalOp.Moved, _scratch.WrittenSpan);
        _scratch.ResetWrittenCount();
        _moved.WriteAll(_scratch, byGroups: true);
        if (_scratch.WrittenCount > 0) StreamJournal.WriteEntry(target, JournalOp.MovedByGroup, _scratch.WrittenSpan);
    }
}
