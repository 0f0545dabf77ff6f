using System.Buffers;
using Mesh.Frames;

namespace Mesh.Engine.Claims;

/// <summary>
/// Writes the changes of one <see cref="ClaimTable"/> down. Each change is an op code and varints; sequences are written as distances from the one before,
/// times in microseconds, claim ids as 16 bytes. Applying a change twice is the same as once. What was looked at, and what is gone without anybody's doing,
/// waits for the next change: if it is lost, it is only looked at again. Not thread-safe.
/// </summary>
/// <param name="writer">Takes the bytes of each change.</param>
internal sealed class ClaimJournal(ChangeWriter writer)
{
    private const byte OpGone = 1;
    private const byte OpExamined = 2;
    private const byte OpClaimed = 3;
    private const byte OpExtended = 4;
    private const byte OpReleased = 5;
    private const byte OpRanked = 6;

    private readonly ArrayBufferWriter<byte> _change = new(128);
    private readonly List<ClaimEntry> _looked = [];
    private readonly List<long> _dropped = [];
    private readonly List<(long Sequence, int Priority)> _ranked = [];

    /// <summary>The frontier as the changes written so far leave it.</summary>
    public long Frontier { get; set; } = 1;

    /// <summary>A record before the frontier is free or not due yet.</summary>
    public void Look(ClaimEntry entry) => _looked.Add(entry);

    /// <summary>A record is gone without anybody's doing.</summary>
    public void Drop(long sequence) => _dropped.Add(sequence);

    /// <summary>A record that was looked at has a priority.</summary>
    public void Rank(long sequence, int priority) => _ranked.Add((sequence, priority));

    /// <summary>Writes what waits, as far as it still holds.</summary>
    public void Flush(long frontier, Predicate<ClaimEntry> isCurrent)
    {
        if (_dropped.Count > 0) Gone(_dropped);
        _dropped.Clear();
        if (frontier == Frontier) return;
        if (_ranked.Count > 0) Ranked();
        _looked.RemoveAll(entry => entry.Claim is not null || !isCurrent(entry));
        Examined(frontier, _looked);
        _looked.Clear();
        Frontier = frontier;
    }

    public void Gone(IReadOnlyList<long> sequences)
    {
        Begin(OpGone);
        Number(sequences.Count);
        long before = 0;
        foreach (var sequence in sequences) before = Distance(before, sequence);
        writer(_change.WrittenSpan);
    }

    public void Claimed(LiveClaim claim) => Holding(OpClaimed, claim);

    public void Extended(LiveClaim claim) => Holding(OpExtended, claim);

    public void Released(ClaimId claim)
    {
        Begin(OpReleased);
        Id(claim);
        writer(_change.WrittenSpan);
    }

    /// <summary>Makes a change that was written before.</summary>
    /// <exception cref="CorruptFrameException">The bytes are no change of this version.</exception>
    public static void Apply(ReadOnlySpan<byte> change, ClaimTable table)
    {
        var at = 1;
        switch (change[0])
        {
            case OpGone:
                long gone = 0;
                for (var left = Varint.Read(change, ref at); left > 0; left--) table.RestoreGone(gone += ReadSigned(change, ref at));
                break;
            case OpExamined:
                table.RestoreFrontier((long)Varint.Read(change, ref at));
                for (var left = Varint.Read(change, ref at); left > 0; left--)
                    table.RestoreEntry(new ClaimEntry((long)Varint.Read(change, ref at), ReadTime(change, ref at), ReadTime(change, ref at)), null);
                break;
            case OpRanked:
                long ranked = 0;
                for (var left = Varint.Read(change, ref at); left > 0; left--) table.RestorePriority(ranked += ReadSigned(change, ref at), (int)Varint.Read(change, ref at));
                break;
            case OpClaimed or OpExtended:
                ApplyHolding(change, at, table);
                break;
            case OpReleased:
                table.RestoreReleased(ReadId(change, ref at));
                break;
            default:
                throw new CorruptFrameException($"A change of claims has op code {change[0]}, which this program does not know.");
        }
    }

    private static void ApplyHolding(ReadOnlySpan<byte> change, int at, ClaimTable table)
    {
        var id = ReadId(change, ref at);
        var claim = table.RestoreClaim(id, ReadTime(change, ref at), TimeSpan.FromTicks((long)Varint.Read(change, ref at)));
        long sequence = 0;
        for (var left = Varint.Read(change, ref at); left > 0; left--)
        {
            sequence += ReadSigned(change, ref at);
            var entry = new ClaimEntry(sequence, RecordTime.None, ReadTime(change, ref at)) { Deliveries = (int)Varint.Read(change, ref at) };
            table.RestoreEntry(entry, claim);
        }
    }

    /// <summary>Priorities of records that were looked at, before anything else is said of them.</summary>
    private void Ranked()
    {
        Begin(OpRanked);
        Number(_ranked.Count);
        long before = 0;
        foreach (var (sequence, priority) in _ranked)
        {
            before = Distance(before, sequence);
            Number(priority);
        }

        writer(_change.WrittenSpan);
        _ranked.Clear();
    }

    /// <summary>Records up to the frontier were looked at; those named are free or not due yet, all others of them claimed or gone.</summary>
    private void Examined(long frontier, List<ClaimEntry> waiting)
    {
        Begin(OpExamined);
        Number(frontier);
        Number(waiting.Count);
        foreach (var entry in waiting)
        {
            Number(entry.Sequence);
            Number(entry.VisibleAt.Micros);
            Number(entry.ExpiresAt.Micros);
        }

        writer(_change.WrittenSpan);
    }

    private void Holding(byte op, LiveClaim claim)
    {
        Begin(op);
        Id(claim.Id);
        Number(claim.At.Micros);
        Number(claim.Timeout.Ticks);
        Number(claim.Entries.Count);
        long before = 0;
        foreach (var entry in claim.Entries)
        {
            before = Distance(before, entry.Sequence);
            Number(entry.ExpiresAt.Micros);
            Number(entry.Deliveries);
        }

        writer(_change.WrittenSpan);
    }

    private void Begin(byte op)
    {
        _change.ResetWrittenCount();
        _change.GetSpan(1)[0] = op;
        _change.Advance(1);
    }

    private void Number(long value) => _change.Advance(Varint.Write(_change.GetSpan(Varint.BytesMax), (ulong)value));

    /// <summary>Distances may be negative: they are written zigzag.</summary>
    private long Distance(long before, long value)
    {
        var distance = value - before;
        Number((distance << 1) ^ (distance >> 63));
        return value;
    }

    private void Id(ClaimId id)
    {
        id.Value.TryWriteBytes(_change.GetSpan(16));
        _change.Advance(16);
    }

    private static long ReadSigned(ReadOnlySpan<byte> source, ref int at)
    {
        var zigzag = (long)Varint.Read(source, ref at);
        return (long)((ulong)zigzag >> 1) ^ -(zigzag & 1);
    }

    private static RecordTime ReadTime(ReadOnlySpan<byte> source, ref int at) => new((long)Varint.Read(source, ref at));

    private static ClaimId ReadId(ReadOnlySpan<byte> source, ref int at)
    {
        if (source.Length < at + 16) throw new CorruptFrameException("A change of claims ends within a claim's id.");
        at += 16;
        return new ClaimId(new Guid(source.Slice(at - 16, 16)));
    }
}

/// <summary>Takes the bytes of a change, valid during the call.</summary>
internal delegate void ChangeWriter(ReadOnlySpan<byte> change);
