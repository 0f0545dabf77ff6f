using System.Buffers;
using System.Buffers.Binary;
using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>
/// What senders got for the appends that they may repeat. Lives in the journal and the snapshot, as the dedupe window does, and forgets a sender that was
/// silent for as long as that window. Not thread-safe.
/// </summary>
internal sealed class SenderMarks(TimeSpan window)
{
    /// <summary>Marks held of one sender at most; beyond it the oldest are forgotten.</summary>
    public const int MarksMax = 10_000;

    private readonly Dictionary<ulong, Held> _bySender = [];

    /// <returns>What the append with this mark got; null when it is new.</returns>
    public Placement? Find(in SenderMark mark)
    {
        if (!_bySender.TryGetValue(mark.Sender, out var held) || mark.Number > held.Newest.Number) return null;
        var marks = held.Marks;
        var at = marks.FindLast(mark.Number, static (known, number) => known.Number > number);
        return at >= 0 && marks[at].Number == mark.Number ? marks[at].Placed : null;
    }

    /// <summary>The sender has said since that it would not repeat the append.</summary>
    public bool IsSettled(in SenderMark mark) => _bySender.TryGetValue(mark.Sender, out var held) && mark.Number <= held.SettledThrough;

    public void Add(in SenderMark mark, in Placement placed)
    {
        if (!_bySender.TryGetValue(mark.Sender, out var held))
        {
            Forget(placed.FirstTime);
            _bySender[mark.Sender] = held = new Held();
        }

        held.SettledThrough = Math.Max(held.SettledThrough, mark.SettledThrough);
        var marks = held.Marks;
        var settled = 0;
        while (settled < marks.Count && marks[settled].Number <= held.SettledThrough) settled++;
        if (settled == 0 && marks.Count == MarksMax) settled = 1;
        marks.RemoveFirst(settled);
        marks.Add(new Mark(mark.Number, placed));
    }

    /// <summary>The journal's form of one mark: sender in 8 bytes, then varints: number, number less the last settled one, first sequence, count, first time,
    /// first id.</summary>
    public static void Write(IBufferWriter<byte> target, in SenderMark mark, in Placement placed)
    {
        var bytes = target.GetSpan(sizeof(ulong) + (7 * Varint.BytesMax));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, mark.Sender);
        var length = sizeof(ulong);
        length += Varint.Write(bytes[length..], (ulong)mark.Number);
        length += Varint.Write(bytes[length..], (ulong)(mark.Number - mark.SettledThrough));
        length += Varint.Write(bytes[length..], (ulong)placed.First.Value);
        length += Varint.Write(bytes[length..], (ulong)placed.Count);
        length += Varint.Write(bytes[length..], (ulong)placed.FirstTime.Micros);
        length += Varint.Write(bytes[length..], placed.FirstId.Milliseconds);
        target.Advance(length + Varint.Write(bytes[length..], placed.FirstId.Number));
    }

    /// <summary>Takes in marks written by <see cref="Write"/>, one after another.</summary>
    public void ReadAll(ReadOnlySpan<byte> source)
    {
        for (var at = 0; at < source.Length;)
        {
            var sender = BinaryPrimitives.ReadUInt64LittleEndian(source[at..]);
            at += sizeof(ulong);
            var number = (long)Varint.Read(source, ref at);
            var settled = number - (long)Varint.Read(source, ref at);
            var first = new Sequence((long)Varint.Read(source, ref at));
            var count = (int)Varint.Read(source, ref at);
            var time = new RecordTime((long)Varint.Read(source, ref at));
            var id = new RingId(Varint.Read(source, ref at), Varint.Read(source, ref at));
            Add(new SenderMark(sender, number, settled), new Placement(first, count, time, id));
        }
    }

    public void WriteAll(IBufferWriter<byte> target, RecordTime now)
    {
        Forget(now);
        foreach (var (sender, held) in _bySender)
        {
            for (var i = 0; i < held.Marks.Count; i++)
                Write(target, new SenderMark(sender, held.Marks[i].Number, held.SettledThrough), held.Marks[i].Placed);
        }
    }

    /// <summary>Forgets senders that have been silent for so long that nothing of theirs is under way.</summary>
    private void Forget(RecordTime now)
    {
        foreach (var (sender, held) in _bySender)
            if (now.Since(held.Newest.Placed.FirstTime) >= window) _bySender.Remove(sender);
    }

    private sealed class Held
    {
        /// <summary>By number; one at least.</summary>
        public Deque<Mark> Marks { get; } = new();

        public long SettledThrough { get; set; }

        public ref readonly Mark Newest => ref Marks[Marks.Count - 1];
    }

    private readonly record struct Mark(long Number, Placement Placed);
}
