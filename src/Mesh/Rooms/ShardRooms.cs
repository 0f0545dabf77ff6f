namespace Mesh;

/// <summary>
/// Rooms of shard channels (Redis 7, SSUBSCRIBE): a name space of its own beside the plain rooms, which no pattern matches. Told apart by how the name begins,
/// so that whatever carries rooms carries these.
/// </summary>
public static class ShardRooms
{
    private static ReadOnlySpan<byte> Prefix => "\0shard\0"u8;

    /// <summary>The room of a shard channel.</summary>
    public static byte[] NameOf(ReadOnlySpan<byte> channel)
    {
        var name = new byte[Prefix.Length + channel.Length];
        Prefix.CopyTo(name);
        channel.CopyTo(name.AsSpan(Prefix.Length));
        return name;
    }

    public static bool Contains(ReadOnlySpan<byte> room) => room.StartsWith(Prefix);

    /// <summary>The shard channel of a room that is one's.</summary>
    public static ReadOnlySpan<byte> ChannelOf(ReadOnlySpan<byte> room) => room[Prefix.Length..];
}
