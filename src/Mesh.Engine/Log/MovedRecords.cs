using System.Buffers;
using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>
/// Which records were moved here from other streams, until those say that the move is settled. Lives in the journal and the snapshot, without a limit in time: a
/// move that a crash has cut in two is known again whenever it is tried. Not thread-safe.
/// </summary>
internal sealed class MovedRecords
{
    /// <summary>Moves held at most, some 150 bytes each; beyond it the oldest are forgotten. Only moves under way, and what crashes left unsettled, are held.</summary>
    public const int MovesMax = 100_000;

    private readonly Dictionary<(long Stream, long Mover, long Sequence), LinkedListNode<Move>> _byOrigin = [];
    private readonly LinkedList<Move> _byAge = [];

    public int Count => _byOrigin.Count;

    /// <returns>The sequence that the record got here; null when it is new.</returns>
    public Sequence? Find(in MoveOrigin origin) =>
        _byOrigin.TryGetValue((origin.Stream.Value, origin.Mover, origin.Sequence.Value), out var move) ? move.Value.Placed : null;

    public void Add(in MoveOrigin origin, Sequence placed)
    {
        foreach (var settled in origin.Settled) Forget((origin.Stream.Value, origin.Mover, settled.Value));
        var key = (origin.Stream.Value, origin.Mover, origin.Sequence.Value);
        if (_byOrigin.ContainsKey(key)) return;
        _byOrigin[key] = _byAge.AddLast(new Move(key, placed));
        if (Count > MovesMax) Forget(_byAge.First!.Value.Origin);
    }

    /// <summary>
    /// The journal's form of one move, all varints: stream, sequence there, sequence here, how many are settled, their sequences. What a consumer group moves has
    /// its number before the rest, under <see cref="Journal.JournalOp.MovedByGroup"/>.
    /// </summary>
    public static void Write(IBufferWriter<byte> target, in MoveOrigin origin, Sequence placed)
    {
        if (origin.Mover != 0) WriteNumber(target, origin.Mover);
        WriteNumber(target, origin.Stream.Value);
        WriteNumber(target, origin.Sequence.Value);
        WriteNumber(target, placed.Value);
        WriteNumber(target, origin.Settled.Count);
        foreach (var settled in origin.Settled) WriteNumber(target, settled.Value);
    }

    /// <summary>Takes in moves written by <see cref="Write"/>, one after another.</summary>
    /// <param name="source">The moves.</param>
    /// <param name="byGroups">Consumer groups made them.</param>
    public void ReadAll(ReadOnlySpan<byte> source, bool byGroups = false)
    {
        for (var at = 0; at < source.Length;)
        {
            var mover = byGroups ? (long)Varint.Read(source, ref at) : 0;
            var stream = new StreamNumber((long)Varint.Read(source, ref at));
            var sequence = new Sequence((long)Varint.Read(source, ref at));
            var placed = new Sequence((long)Varint.Read(source, ref at));
            var settled = new List<Sequence>();
            for (var left = Varint.Read(source, ref at); left > 0; left--) settled.Add(new Sequence((long)Varint.Read(source, ref at)));
            Add(new MoveOrigin(stream, sequence, settled) { Mover = mover }, placed);
        }
    }

    /// <summary>Writes all moves of either sort. How old they are to one another, over both, does not last.</summary>
    public void WriteAll(IBufferWriter<byte> target, bool byGroups = false)
    {
        foreach (var move in _byAge)
        {
            var (stream, mover, sequence) = move.Origin;
            if (mover != 0 == byGroups) Write(target, new MoveOrigin(new StreamNumber(stream), new Sequence(sequence), []) { Mover = mover }, move.Placed);
        }
    }

    private void Forget((long Stream, long Mover, long Sequence) origin)
    {
        if (_byOrigin.Remove(origin, out var move)) _byAge.Remove(move);
    }

    private static void WriteNumber(IBufferWriter<byte> target, long value) =>
        target.Advance(Varint.Write(target.GetSpan(Varint.BytesMax), (ulong)value));

    private readonly record struct Move((long Stream, long Mover, long Sequence) Origin, Sequence Placed);
}
