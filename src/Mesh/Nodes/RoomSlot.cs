namespace Mesh;

/// <summary>
/// The slot of a room's name, which is what nodes are assigned to: CRC16 (XMODEM) of the name, or of what stands between its first <c>{</c> and the next <c>}</c>
/// unless that is empty, modulo <see cref="Count"/>. As Redis Cluster counts, so that its clients find a room's nodes by themselves.
/// </summary>
public static class RoomSlot
{
    public const int Count = 16384;

    private static readonly ushort[] Table = MakeTable();

    /// <param name="name">Of a room, or of a shard channel as its client says it.</param>
    /// <returns>From 0 to <see cref="Count"/> - 1.</returns>
    public static int Of(ReadOnlySpan<byte> name)
    {
        var open = name.IndexOf((byte)'{');
        if (open >= 0)
        {
            var length = name[(open + 1)..].IndexOf((byte)'}');
            if (length > 0) name = name.Slice(open + 1, length);
        }

        return Crc16(name) & (Count - 1);
    }

    private static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0;
        foreach (var each in bytes) crc = (ushort)((crc << 8) ^ Table[(crc >> 8) ^ each]);
        return crc;
    }

    private static ushort[] MakeTable()
    {
        const int Polynomial = 0x1021;
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = i << 8;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            table[i] = (ushort)crc;
        }

        return table;
    }
}
