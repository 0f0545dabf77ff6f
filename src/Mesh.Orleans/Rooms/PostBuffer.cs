using System.Buffers.Binary;

namespace Mesh.Orleans.Rooms;

/// <summary>Gathers messages that cross together. Not thread-safe.</summary>
/// <param name="bytesLikely">Room to begin with.</param>
internal sealed class PostBuffer(int bytesLikely)
{
    private byte[] _bytes = new byte[bytesLikely];

    public int Count { get; private set; }

    /// <summary>Of the messages and what is before each.</summary>
    public int Length { get; private set; }

    public void Add(ReadOnlySpan<byte> message)
    {
        var end = checked(Length + RoomPosts.PrefixBytes + message.Length);
        if (end > _bytes.Length) Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(Length), message.Length);
        message.CopyTo(_bytes.AsSpan(Length + RoomPosts.PrefixBytes));
        Length = end;
        Count++;
    }

    /// <summary>The messages as they cross. Nothing is added after that.</summary>
    /// <param name="sender">Whose they are.</param>
    /// <param name="first">Number of the first.</param>
    public RoomPosts ToPosts(ulong sender, long first) => new(sender, first, Count, _bytes.AsMemory(0, Length));
}
