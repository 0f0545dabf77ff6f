using System.Buffers;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Journal;

/// <summary>
/// The journal rows and snapshots of one stream. A row holds the entries of one commit, each an op code, a varint length and a payload. A snapshot is
/// version 1, then for each part an op code, a varint length and the part's state. Recovery reads one snapshot and at most
/// <see cref="CompactBytes"/> or twice the snapshot, whichever is more, of journal. Not thread-safe.
/// </summary>
internal sealed class StreamJournal
{
    /// <summary>Bytes of journal that are always worth reading instead of a snapshot.</summary>
    public const int CompactBytes = 1024 * 1024;

    /// <summary>Rows after which a snapshot is due however small they are.</summary>
    public const int CompactRows = 10_000;

    private const byte SnapshotVersion = 1;
    private const int SnapshotFactor = 2;

    private readonly ArrayBufferWriter<byte> _open = new(64);
    private long _bytes;
    private int _rows;
    private long _snapshotBytes;

    public StreamJournal(OpenedStream? opened)
    {
        if (opened is null) return;
        Number = opened.JournalNumber;
        _rows = opened.Journal.Count;
        _snapshotBytes = opened.Snapshot.Length;
        foreach (var row in opened.Journal) _bytes += row.Bytes.Length;
    }

    /// <summary>Number of the last row sealed.</summary>
    public long Number { get; private set; }

    public bool HasEntries => _open.WrittenCount > 0;

    /// <summary>The journal has grown so far that a snapshot should replace it.</summary>
    public bool IsSnapshotDue => _rows >= CompactRows || _bytes > Math.Max(CompactBytes, SnapshotFactor * _snapshotBytes);

    public void Add(byte op, ReadOnlySpan<byte> payload) => WriteEntry(_open, op, payload);

    /// <summary>Closes the entries that wait into one row; null when none do.</summary>
    public JournalEntry? Seal()
    {
        if (!HasEntries) return null;
        var row = new JournalEntry(++Number, _open.WrittenSpan.ToArray());
        _open.ResetWrittenCount();
        _rows++;
        _bytes += row.Bytes.Length;
        return row;
    }

    /// <summary>A snapshot of parts, which includes every row sealed so far.</summary>
    public SnapshotRow Snapshot(ReadOnlySpan<byte> parts)
    {
        var bytes = new byte[parts.Length + 1];
        bytes[0] = SnapshotVersion;
        parts.CopyTo(bytes.AsSpan(1));
        _rows = 0;
        _bytes = 0;
        _snapshotBytes = bytes.Length;
        return new SnapshotRow(Number, bytes);
    }

    public void Discard() => _open.ResetWrittenCount();

    public static void WriteEntry(IBufferWriter<byte> target, byte op, ReadOnlySpan<byte> payload)
    {
        var bytes = target.GetSpan(1 + Varint.BytesMax + payload.Length);
        bytes[0] = op;
        var length = 1 + Varint.Write(bytes[1..], (ulong)payload.Length);
        payload.CopyTo(bytes[length..]);
        target.Advance(length + payload.Length);
    }

    /// <summary>One part of a snapshot, as it is written.</summary>
    public static void WritePart(IBufferWriter<byte> target, byte op, Action<IBufferWriter<byte>> write)
    {
        var part = new ArrayBufferWriter<byte>(256);
        write(part);
        WriteEntry(target, op, part.WrittenSpan);
    }

    /// <summary>All entries of a stream in order: the snapshot's parts, then the journal's.</summary>
    /// <exception cref="CorruptFrameException">A snapshot of a later version, or damaged bytes.</exception>
    public static IReadOnlyList<RecoveredEntry> Recover(OpenedStream opened)
    {
        var entries = new List<RecoveredEntry>();
        if (opened.Snapshot.Length > 0)
        {
            if (opened.Snapshot.Span[0] != SnapshotVersion)
                throw new CorruptFrameException($"The snapshot of {opened.Entry.Name} has version {opened.Snapshot.Span[0]}; this program reads {SnapshotVersion}.");
            ReadEntries(opened.Snapshot[1..], isSnapshot: true, entries);
        }

        foreach (var row in opened.Journal) ReadEntries(row.Bytes, isSnapshot: false, entries);
        return entries;
    }

    private static void ReadEntries(ReadOnlyMemory<byte> bytes, bool isSnapshot, List<RecoveredEntry> entries)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var op = bytes.Span[at++];
            var length = Varint.ReadBlock(bytes.Span, ref at).Length;
            entries.Add(new RecoveredEntry(isSnapshot, op, bytes.Slice(at - length, length)));
        }
    }
}

/// <summary>One entry as recovery finds it.</summary>
/// <param name="IsSnapshot">The part's whole state; else one change.</param>
/// <param name="Op">Which part, or which change.</param>
/// <param name="Payload">Its bytes.</param>
public readonly record struct RecoveredEntry(bool IsSnapshot, byte Op, ReadOnlyMemory<byte> Payload);

/// <summary>Op codes of journal entries and snapshot parts. The numbers are stored: never change one.</summary>
public static class JournalOp
{
    /// <summary>Dedupe ids (<see cref="Log.DedupeWindow"/>).</summary>
    public const byte Dedupe = 1;

    /// <summary>The low watermark was raised by hand: a varint.</summary>
    public const byte Low = 2;

    /// <summary>The greatest Redis id there ever was: milliseconds and number, varints.</summary>
    public const byte LastId = 3;

    /// <summary>Topics of a partition with their last sequences.</summary>
    public const byte Topics = 4;

    /// <summary>Marks of senders (<see cref="Log.SenderMarks"/>).</summary>
    public const byte Senders = 5;

    /// <summary>Records moved here from other streams (<see cref="Log.MovedRecords"/>).</summary>
    public const byte Moved = 6;

    /// <summary>What a ring knows beside its records (<see cref="Rings.RingLedger"/>).</summary>
    public const byte Ring = 7;

    /// <summary>Newest numbers of producers (<see cref="Log.ProducerNumbers"/>).</summary>
    public const byte Producers = 8;

    /// <summary>Claims of a queue.</summary>
    public const byte Claims = 16;

    /// <summary>Consumer groups (<see cref="Groups.GroupTable"/>).</summary>
    public const byte Groups = 17;

    /// <summary>Claims of consumer groups, and what becomes of records claimed too often (<see cref="Groups.GroupClaims"/>).</summary>
    public const byte GroupClaims = 18;

    /// <summary>Records moved here by consumer groups of other streams (<see cref="Log.MovedRecords"/>).</summary>
    public const byte MovedByGroup = 19;

    /// <summary>Keys of consumer groups that have one, one after another: the group's number, a varint, and the key, counted bytes.</summary>
    public const byte GroupKeys = 20;
}
