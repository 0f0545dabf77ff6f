using System.Buffers;
using System.Buffers.Binary;
using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>
/// How far each producer has come, and where its last records stand. Lives in the journal and the snapshot, as the dedupe window does, and forgets a producer that was
/// silent for as long as that window. Not thread-safe.
/// </summary>
internal sealed class ProducerNumbers(TimeSpan window)
{
    /// <summary>Producers held at most; beyond it the one that was silent for longest is forgotten before its time.</summary>
    public const int ProducersMax = 10_000;

    /// <summary>Runs of one producer's records whose places are held. Neighbours in both numbers and sequences are one run, so one producer alone has a single one.</summary>
    public const int RunsMax = 1_000;

    private readonly Dictionary<ulong, Held> _byProducer = [];

    /// <summary>What is stored of the records that a mark numbers.</summary>
    /// <param name="mark">The number of the first.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>Null when the first is new; else where it and those next to it stand.</returns>
    public (Sequence First, int Count)? Find(in ProducerMark mark, int count)
    {
        if (!_byProducer.TryGetValue(mark.Producer, out var held) || mark.First > held.Newest) return null;
        var runs = held.Runs;
        var at = runs.FindLast(mark.First, static (run, number) => run.Number > number);
        var skipped = at < 0 ? 0 : mark.First - runs[at].Number;
        if (at >= 0 && skipped < runs[at].Count) return (runs[at].First.Plus(skipped), (int)Math.Min(count, runs[at].Count - skipped));
        var known = at + 1 < runs.Count ? runs[at + 1].Number : held.Newest + 1;
        return (Sequence.None, (int)Math.Min(count, known - mark.First));
    }

    public void Add(in ProducerMark mark, RecordTime now, Sequence first, int count)
    {
        if (!_byProducer.TryGetValue(mark.Producer, out var held))
        {
            Forget(now);
            if (_byProducer.Count == ProducersMax) _byProducer.Remove(_byProducer.MinBy(each => each.Value.SeenAt).Key);
            _byProducer[mark.Producer] = held = new Held();
        }

        held.SeenAt = now;
        held.Newest = mark.First + count - 1;
        var runs = held.Runs;
        if (runs.Count > 0)
        {
            ref var last = ref runs[runs.Count - 1];
            if (last.Number + last.Count == mark.First && last.First.Plus(last.Count) == first)
            {
                last = last with { Count = last.Count + count };
                return;
            }
        }

        if (runs.Count == RunsMax) runs.RemoveFirst();
        runs.Add(new Run(mark.First, first, count));
    }

    /// <summary>The journal's form of one run: producer in 8 bytes, then varints: time last seen, first number, first sequence, count.</summary>
    public static void Write(IBufferWriter<byte> target, in ProducerMark mark, RecordTime seenAt, Sequence first, long count)
    {
        var bytes = target.GetSpan(sizeof(ulong) + (4 * Varint.BytesMax));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, mark.Producer);
        var length = sizeof(ulong);
        length += Varint.Write(bytes[length..], (ulong)seenAt.Micros);
        length += Varint.Write(bytes[length..], (ulong)mark.First);
        length += Varint.Write(bytes[length..], (ulong)first.Value);
        target.Advance(length + Varint.Write(bytes[length..], (ulong)count));
    }

    /// <summary>Takes in runs written by <see cref="Write"/>, one after another.</summary>
    public void ReadAll(ReadOnlySpan<byte> source)
    {
        for (var at = 0; at < source.Length;)
        {
            var producer = BinaryPrimitives.ReadUInt64LittleEndian(source[at..]);
            at += sizeof(ulong);
            var seenAt = new RecordTime((long)Varint.Read(source, ref at));
            var number = (long)Varint.Read(source, ref at);
            var first = new Sequence((long)Varint.Read(source, ref at));
            for (var left = (long)Varint.Read(source, ref at); left > 0;)
            {
                var part = (int)Math.Min(left, int.MaxValue);
                Add(new ProducerMark(producer, number), seenAt, first, part);
                (number, first, left) = (number + part, first.Plus(part), left - part);
            }
        }
    }

    public void WriteAll(IBufferWriter<byte> target, RecordTime now)
    {
        Forget(now);
        foreach (var (producer, held) in _byProducer)
            for (var i = 0; i < held.Runs.Count; i++) Write(target, new ProducerMark(producer, held.Runs[i].Number), held.SeenAt, held.Runs[i].First, held.Runs[i].Count);
    }

    private void Forget(RecordTime now)
    {
        foreach (var (producer, held) in _byProducer)
            if (now.Since(held.SeenAt) >= window) _byProducer.Remove(producer);
    }

    private sealed class Held
    {
        public RecordTime SeenAt { get; set; }

        /// <summary>The greatest number stored.</summary>
        public long Newest { get; set; }

        /// <summary>By number; one at least.</summary>
        public Deque<Run> Runs { get; } = new();
    }

    private readonly record struct Run(long Number, Sequence First, long Count);
}
