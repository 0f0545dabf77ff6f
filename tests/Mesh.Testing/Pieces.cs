using System.Buffers;

namespace Mesh.Testing;

/// <summary>Bytes as a network gives them: in pieces.</summary>
public static class Pieces
{
    /// <summary>The same bytes in pieces of <paramref name="size"/>, each in memory of its own; the last may be shorter.</summary>
    public static ReadOnlySequence<byte> Of(ReadOnlySpan<byte> bytes, int size)
    {
        var first = new Piece(bytes[..Math.Min(size, bytes.Length)].ToArray(), null);
        var last = first;
        for (var at = size; at < bytes.Length; at += size) last = new Piece(bytes.Slice(at, Math.Min(size, bytes.Length - at)).ToArray(), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? before)
        {
            Memory = bytes;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
