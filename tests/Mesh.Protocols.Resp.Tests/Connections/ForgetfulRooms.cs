namespace Mesh.Protocols.Resp.Tests.Connections;

/// <summary>The rooms of a mesh whose cluster cannot be told that somebody leaves: the listener is gone here, and the call fails.</summary>
internal sealed class ForgetfulRooms(IMesh mesh) : IMesh, IRooms
{
    public ICatalogue Catalogue => mesh.Catalogue;

    public IRooms Rooms => this;

    public INodes Nodes => mesh.Nodes;

    public IPools Pools => mesh.Pools;

    public IChannel Channel(StreamName name) => mesh.Channel(name);

    public IQueue Queue(StreamName name) => mesh.Queue(name);

    public IRing Ring(StreamName name) => mesh.Ring(name);

    public IPartition Partition(StreamName name) => mesh.Partition(name);

    public IStreamLog Room(StreamName name) => mesh.Room(name);

    public ValueTask<int> PublishAsync(ReadOnlySpan<byte> room, ReadOnlySpan<byte> payload) => mesh.Rooms.PublishAsync(room, payload);

    public ValueTask SubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener) => mesh.Rooms.SubscribeAsync(room, listener);

    public async ValueTask UnsubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener)
    {
        await mesh.Rooms.UnsubscribeAsync(room, listener);
        throw new StorageUnavailableException("No silo answers.");
    }

    public ValueTask SubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener) => mesh.Rooms.SubscribePatternAsync(pattern, listener);

    public async ValueTask UnsubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener)
    {
        await mesh.Rooms.UnsubscribePatternAsync(pattern, listener);
        throw new StorageUnavailableException("No silo answers.");
    }

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> RoomsAsync(ReadOnlyMemory<byte> pattern) => mesh.Rooms.RoomsAsync(pattern);

    public ValueTask<int> SubscribersAsync(ReadOnlyMemory<byte> room) => mesh.Rooms.SubscribersAsync(room);

    public ValueTask<int> PatternsAsync() => mesh.Rooms.PatternsAsync();
}
