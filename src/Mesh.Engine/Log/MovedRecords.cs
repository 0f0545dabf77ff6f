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

    private readonly Dictionary<(long Stream, long Sequence), LinkedListNode<Move>> _byOrigin = [];
    private readonly LinkedList<Move> _byAge = [];

    public int Count => _byOrigin.Count;

    /// <returns>The sequence that the record got here; null when it is new.</returns>
    public Sequence? Find(in MoveOrigin origin) =>
        _byOrigin.TryGetValue((origin.Stream.Value, origin.Sequence.Value), out var move) ? move.Value.Placed : null;

    public void Add(in MoveOrigin origin, Sequence placed)
    {
        foreach (var settled in origin.Settled) Forget(origin.Stream.Value, settled.Value);
        var key = (origin.Stream.Value, origin.Sequence.Value);
        if (_byOrigin.ContainsKey(key)) return;
        _byOrigin[key] = _byAge.AddLast(new Move(key.Item1, key.Item2, placed));
        if (Count > MovesMax) Forget(_byAge.First!.Value.Stream, _byAge.First.Value.Sequence);
    }

    /// <summary>The journal's form of one move, all varints: stream, sequence there, sequence here, how many are settled, their sequences.</summary>
    public static void Write(IBufferWriter<byte> target, in MoveOrigin origin, Sequence placed)
    {
        WriteNumber(target, origin.Stream.Value);
        WriteNumber(target, origin.Sequence.Value);
        WriteNumber(target, placed.Value);
        WriteNumber(target, origin.Settled.Count);
        foreach (var settled in origin.Settled) WriteNumber(target, settled.Value);
    }

    /// <summary>Takes in moves written by <see cref="Write"/>, one after another.</summary>
    public void ReadAll(ReadOnlySpan<byte> source)
    {
        for (var at = 0; at < source.Length;)
        {
            var stream = new StreamNumber((long)Varint.Read(source, ref at));
            var sequence = new Sequence((long)Varint.Read(source, ref at));
            var placed = new Sequence((long)Varint.Read(source, ref at));
            var settled = new List<Sequence>();
            for (var left = Varint.Read(source, ref at); left > 0; left--) settled.Add(new Sequence((long)Varint.Read(source, ref at)));
            Add(new MoveOrigin(stream, sequence, settled), placed);
        }
    }

    public void WriteAll(IBufferWriter<byte> target)
    {
        foreach (var move in _byAge) Write(target, new MoveOrigin(new StreamNumber(move.Stream), new Sequence(move.Sequence), []), move.Placed);
    }

    private void Forget(long stream, long sequence)
    {
        if (_byOrigin.Remove((stream, sequence), out var move)) _byAge.Remove(move);
    }

    private static void WriteNumber(IBufferWriter<byte> target, long value) =>
        target.Advance(Varint.Write(target.GetSpan(Varint.BytesMax), (ulong)value));

    private readonly record struct Move(long Stream, long Sequence, Sequence Placed);
}
