using System.Buffers;
using Mesh.Engine.Claims;
using Mesh.Frames;

namespace Mesh.Engine.Rings;

/// <summary>
/// What a ring knows beside its records: which of them were deleted one by one, and what was set by hand. Each change is written down for the journal as it is
/// made. Not thread-safe.
/// </summary>
/// <param name="writer">Takes the bytes of each change.</param>
internal sealed class RingLedger(ChangeWriter writer)
{
    private const byte OpDeleted = 1;
    private const byte OpPosition = 2;

    private readonly ArrayBufferWriter<byte> _change = new(64);
    private SequenceSet _deleted = new();
    private long _addedBefore;

    /// <summary>The greatest id ever deleted by itself.</summary>
    public RingId MaxDeletedId { get; private set; }

    /// <summary>The id that was set last, for records from <see cref="SetAt"/> on.</summary>
    public RingId SetId { get; private set; }

    /// <summary>The next sequence at the time; none when no id was ever set.</summary>
    public Sequence SetAt { get; private set; }

    /// <summary>From this sequence on ids ascend; before it there may be greater ones. None when they always have.</summary>
    public Sequence RenumberedAt { get; private set; }

    /// <summary>The first record that is neither trimmed nor deleted has this sequence or a later one.</summary>
    public Sequence Low => new(_deleted.Low);

    /// <summary>Records deleted from <see cref="Low"/> on.</summary>
    public long DeletedCount => _deleted.CountAboveLow;

    public bool IsDeleted(Sequence sequence) => _deleted.Contains(sequence.Value);

    /// <summary>Records ever added, or as it was set.</summary>
    public long Added(Sequence high) => high.Value + _addedBefore;

    /// <summary>The sequence that has so many records before it that are not deleted, from <see cref="Low"/> on.</summary>
    public Sequence After(long records) => new(_deleted.AfterAbsent(Low.Value, records));

    /// <summary>Records from a place on, <see cref="Low"/> or later, and before another one that are not deleted.</summary>
    public long CountLiving(Sequence from, Sequence to) => _deleted.CountAbsent(from.Value, to.Value);

    public void TrimBelow(Sequence low) => _deleted.RaiseLow(low.Value);

    /// <summary>Deletes records that are there.</summary>
    public void Delete(IReadOnlyCollection<Sequence> sequences, RingId maxId)
    {
        if (maxId > MaxDeletedId) MaxDeletedId = maxId;
        Begin(OpDeleted);
        Id(_change, MaxDeletedId);
        Number(_change, sequences.Count);
        foreach (var sequence in sequences)
        {
            _deleted.Add(sequence.Value);
            Number(_change, sequence.Value);
        }

        writer(_change.WrittenSpan);
    }

    /// <summary>Sets what ids and counts go on from.</summary>
    /// <param name="position">As it was asked for.</param>
    /// <param name="next">The next sequence.</param>
    /// <param name="isLower">A greater id was given before.</param>
    public void SetPosition(in RingPosition position, Sequence next, bool isLower)
    {
        (SetId, SetAt) = (position.LastId, next);
        if (isLower) RenumberedAt = next;
        if (position.EntriesAdded is { } added) _addedBefore = added - (next.Value - 1);
        if (position.MaxDeletedId != RingId.None) MaxDeletedId = position.MaxDeletedId;
        Begin(OpPosition);
        Position(_change);
        writer(_change.WrittenSpan);
    }

    /// <summary>The change sets the position, so that ids noted before it no longer count.</summary>
    public static bool IsPosition(ReadOnlySpan<byte> change) => change[0] == OpPosition;

    /// <summary>Makes a change that was written before.</summary>
    /// <exception cref="CorruptFrameException">The bytes are no change of this version.</exception>
    public void Apply(ReadOnlySpan<byte> change)
    {
        var at = 1;
        switch (change[0])
        {
            case OpDeleted:
                MaxDeletedId = ReadId(change, ref at);
                for (var left = Varint.Read(change, ref at); left > 0; left--) _deleted.Add((long)Varint.Read(change, ref at));
                break;
            case OpPosition:
                ReadPosition(change, ref at);
                break;
            default:
                throw new CorruptFrameException($"A change of a ring has op code {change[0]}, which this program does not know.");
        }
    }

    /// <summary>The whole state: position, then records deleted.</summary>
    public void WriteSnapshot(IBufferWriter<byte> target)
    {
        Position(target);
        _deleted.Write(target);
    }

    public void ReadSnapshot(ReadOnlySpan<byte> source)
    {
        var at = 0;
        ReadPosition(source, ref at);
        _deleted = SequenceSet.Read(source, ref at);
    }

    private void Position(IBufferWriter<byte> target)
    {
        Id(target, SetId);
        Number(target, SetAt.Value);
        Number(target, RenumberedAt.Value);
        Number(target, _addedBefore);
        Id(target, MaxDeletedId);
    }

    private void ReadPosition(ReadOnlySpan<byte> source, ref int at)
    {
        SetId = ReadId(source, ref at);
        SetAt = new Sequence((long)Varint.Read(source, ref at));
        RenumberedAt = new Sequence((long)Varint.Read(source, ref at));
        _addedBefore = (long)Varint.Read(source, ref at);
        MaxDeletedId = ReadId(source, ref at);
    }

    private void Begin(byte op)
    {
        _change.ResetWrittenCount();
        _change.GetSpan(1)[0] = op;
        _change.Advance(1);
    }

    private static void Number(IBufferWriter<byte> target, long value) => target.Advance(Varint.Write(target.GetSpan(Varint.BytesMax), (ulong)value));

    private static void Id(IBufferWriter<byte> target, RingId id)
    {
        Number(target, (long)id.Milliseconds);
        Number(target, (long)id.Number);
    }

    private static RingId ReadId(ReadOnlySpan<byte> source, ref int at) => new(Varint.Read(source, ref at), Varint.Read(source, ref at));
}
