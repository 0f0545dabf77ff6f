namespace Mesh.Frames;

/// <summary>Unsigned LEB128 of at most 64 bits, ten bytes at the most.</summary>
public static class Varint
{
    public const int BytesMax = 10;

    /// <returns>Bytes written; <paramref name="target"/> must hold <see cref="BytesMax"/>.</returns>
    public static int Write(Span<byte> target, ulong value)
    {
        var at = 0;
        while (value >= 0x80)
        {
            target[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[at++] = (byte)value;
        return at;
    }

    public static int Length(ulong value)
    {
        var length = 1;
        while ((value >>= 7) != 0) length++;
        return length;
    }

    /// <summary>Reads at <paramref name="at"/> and moves it past the number.</summary>
    /// <exception cref="CorruptFrameException">The bytes end within the number, or it has more than 64 bits.</exception>
    public static ulong Read(ReadOnlySpan<byte> source, scoped ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if ((uint)at >= (uint)source.Length) throw new CorruptFrameException("The bytes end within a number.");
            var part = source[at++];
            if (shift == 63 && part > 1) break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw new CorruptFrameException("A number has more than 64 bits.");
    }

    /// <summary>Reads a length and gives the bytes it counts, moving <paramref name="at"/> past both.</summary>
    public static ReadOnlySpan<byte> ReadBlock(ReadOnlySpan<byte> source, scoped ref int at)
    {
        var length = Read(source, ref at);
        if (length > (ulong)(source.Length - at)) throw new CorruptFrameException($"A field claims {length} bytes; {source.Length - at} are left.");
        var block = source.Slice(at, (int)length);
        at += (int)length;
        return block;
    }
}
