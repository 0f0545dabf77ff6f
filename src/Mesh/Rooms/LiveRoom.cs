using Mesh.Frames;

namespace Mesh;

/// <summary>Rooms that keep no history, for doors that append to them as to any stream.</summary>
public static class LiveRoom
{
    /// <summary>Hands the bodies of a segment, and nothing else of its records, to whoever listens now.</summary>
    /// <param name="rooms">The rooms.</param>
    /// <param name="room">The room; of the default project.</param>
    /// <param name="segment">Made by <see cref="SegmentWriter"/>.</param>
    /// <returns>Receivers, of all bodies together.</returns>
    public static async ValueTask<int> PublishAsync(this IRooms rooms, StreamName room, ReadOnlyMemory<byte> segment)
    {
        var receivers = 0;
        foreach (var body in Bodies(segment)) receivers += await rooms.PublishAsync(RoomHistory.RoomOf(room), body).ConfigureAwait(false);
        return receivers;
    }

    private static List<byte[]> Bodies(ReadOnlyMemory<byte> segment)
    {
        var header = new BatchHeader(Sequence.First, RecordTime.None, Segment.CountOf(segment.Span), segment.Length, null);
        var batch = new byte[header.TotalBytes];
        header.Write(batch);
        segment.Span.CopyTo(batch.AsSpan(header.HeaderBytes));
        var bodies = new List<byte[]>();
        foreach (var record in BatchSlice.Whole(batch, header)) bodies.Add(record.Body.ToArray());
        return bodies;
    }
}
