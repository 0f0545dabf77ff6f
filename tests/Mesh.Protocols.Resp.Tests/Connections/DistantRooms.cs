using System.Text;

namespace Mesh.Protocols.Resp.Tests.Connections;

/// <summary>
/// The rooms of a mesh whose cluster is far away: what is published arrives when <see cref="Arrive"/> says so, to nobody in the room "lost", which nobody can
/// join; a join is over when a message in the room "far" has been heard; and when somebody leaves the call fails after the listener is gone here.
/// </summary>
internal sealed class DistantRooms(IMesh mesh) : IMesh, IRooms
{
    private readonly TaskCompletionSource _arrive = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _onTheirWay;

    /// <summary>Messages published so far.</summary>
    public int OnTheirWay => Volatile.Read(ref _onTheirWay);

    public ICatalogue Catalogue => mesh.Catalogue;

    public IRooms Rooms => this;

    public INodes Nodes => mesh.Nodes;

    public IPools Pools => mesh.Pools;

    public ISchedules Schedules => mesh.Schedules;

    public void Arrive() => _arrive.SetResult();

    public IChannel Channel(StreamName name) => mesh.Channel(name);

    public IQueue Queue(StreamName name) => mesh.Queue(name);

    public IRing Ring(StreamName name) => mesh.Ring(name);

    public IPartition Partition(StreamName name) => mesh.Partition(name);

    public IGroupedLog Room(StreamName name) => mesh.Room(name);

    public ValueTask<int> PublishAsync(ReadOnlySpan<byte> room, ReadOnlySpan<byte> payload)
    {
        Interlocked.Increment(ref _onTheirWay);
        return ArriveAsync(Encoding.UTF8.GetString(room), payload.ToArray());
    }

    public ValueTask SubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener) => JoinAsync(room, mesh.Rooms.SubscribeAsync(room, listener));

    public async ValueTask UnsubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener)
    {
        await mesh.Rooms.UnsubscribeAsync(room, listener);
        throw new StorageUnavailableException("No silo answers.");
    }

    public ValueTask SubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener) => JoinAsync(pattern, mesh.Rooms.SubscribePatternAsync(pattern, listener));

    public async ValueTask UnsubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener)
    {
        await mesh.Rooms.UnsubscribePatternAsync(pattern, listener);
        throw new StorageUnavailableException("No silo answers.");
    }

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> RoomsAsync(ReadOnlyMemory<byte> pattern) => mesh.Rooms.RoomsAsync(pattern);

    public ValueTask<int> SubscribersAsync(ReadOnlyMemory<byte> room) => mesh.Rooms.SubscribersAsync(room);

    public ValueTask<IReadOnlyList<RoomMember>> MembersAsync(ReadOnlyMemory<byte> room) => mesh.Rooms.MembersAsync(room);

    public ValueTask<int> PatternsAsync() => mesh.Rooms.PatternsAsync();

    private async ValueTask JoinAsync(ReadOnlyMemory<byte> name, ValueTask joined)
    {
        if (Encoding.UTF8.GetString(name.Span) == "lost") throw new StorageUnavailableException("No silo answers.");
        await joined;
        await mesh.Rooms.PublishAsync("far"u8, "early"u8);
    }

    private async ValueTask<int> ArriveAsync(string room, byte[] payload)
    {
        await _arrive.Task;
        return room == "lost" ? throw new StorageUnavailableException("No silo answers.") : await mesh.Rooms.PublishAsync(Encoding.UTF8.GetBytes(room), payload);
    }
}
