using Mesh.Testing.Grpc;

namespace Mesh.Testing.Doors;

/// <summary>A call whose messages hold records.</summary>
/// <param name="client">Ends with the tail.</param>
/// <param name="call">Whose request is sent.</param>
/// <param name="read">What one message holds.</param>
internal sealed class GrpcTail(GrpcClient client, GrpcClientCall call, Func<byte[], IReadOnlyList<StreamDoor.Seen>> read) : StreamTail
{
    private readonly Queue<StreamDoor.Seen> _seen = [];

    public override ValueTask DisposeAsync()
    {
        call.Dispose();
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<StreamDoor.Seen> TakeAsync()
    {
        while (_seen.Count == 0)
            foreach (var record in read(await call.ReadAsync() ?? throw new EndOfStreamException($"The tail ended: {await call.StatusAsync()}"))) _seen.Enqueue(record);
        return _seen.Dequeue();
    }
}
