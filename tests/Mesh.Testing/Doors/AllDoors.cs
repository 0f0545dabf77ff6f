using System.Net;

namespace Mesh.Testing.Doors;

/// <summary>The doors of one host.</summary>
/// <param name="http">The HTTP door.</param>
/// <param name="rse">RSE at its root.</param>
/// <param name="grpc">The gRPC door.</param>
/// <param name="resp">The RESP door.</param>
/// <param name="close">What goes with them; null for nothing.</param>
public sealed class AllDoors(Uri http, Uri rse, Uri grpc, EndPoint resp, IAsyncDisposable? close = null) : IAsyncDisposable
{
    /// <summary>What stands in the names of this test's streams, so that no other test has them.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("N");

    public IReadOnlyList<StreamDoor> OfChannel(string tree, string path) =>
        [new MeshHttpDoor(http, $"channel:{tree}{path}"), new RseStreamDoor(rse, $"/{tree}{path}"), new MeshGrpcDoor(grpc, $"channel:{tree}{path}")];

    public IReadOnlyList<StreamDoor> OfRing(string name) => [new MeshHttpDoor(http, $"ring:{name}"), new RespStreamDoor(resp, name), new MeshGrpcDoor(grpc, $"ring:{name}"), ByRse($"ring:{name}")];

    public IReadOnlyList<StreamDoor> OfQueue(string name) => [new MeshHttpDoor(http, $"queue:{name}"), new ZaqarStreamDoor(http, name), new MeshGrpcDoor(grpc, $"queue:{name}"), ByRse($"queue:{name}")];

    public IReadOnlyList<StreamDoor> OfTopic(string topic) => [new MeshHttpDoor(http, $"topic:{topic}"), new MeshGrpcDoor(grpc, $"topic:{topic}"), ByRse($"topic:{topic}")];

    public ValueTask DisposeAsync() => close?.DisposeAsync() ?? ValueTask.CompletedTask;

    private RseStreamDoor ByRse(string address) => new(rse, $"/mesh:{address}");
}
