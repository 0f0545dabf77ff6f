using System.Globalization;
using System.Net;

namespace Mesh.Testing.Doors;

/// <summary>The doors of one host.</summary>
/// <param name="http">The HTTP door.</param>
/// <param name="rse">RSE at its root.</param>
/// <param name="grpc">The gRPC door.</param>
/// <param name="resp">The RESP door.</param>
/// <param name="rotera">rotera's door.</param>
/// <param name="close">What goes with them; null for nothing.</param>
public sealed class AllDoors(Uri http, Uri rse, Uri grpc, EndPoint resp, EndPoint rotera, IAsyncDisposable? close = null) : IAsyncDisposable
{
    /// <summary>What stands in the names of this test's streams, so that no other test has them.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("N");

    public IReadOnlyList<StreamDoor> OfChannel(string tree, string path) => [.. ByAddress($"channel:{tree}{path}"), new RseStreamDoor(rse, $"/{tree}{path}")];

    /// <param name="number">rotera's name for it.</param>
    public IReadOnlyList<StreamDoor> OfRing(uint number)
    {
        var name = number.ToString(CultureInfo.InvariantCulture);
        return [.. ByAddress($"ring:{name}"), new RespStreamDoor(resp, name), new RoteraStreamDoor(rotera, number)];
    }

    public IReadOnlyList<StreamDoor> OfQueue(string name) => [.. ByAddress($"queue:{name}"), new ZaqarStreamDoor(http, name)];

    public IReadOnlyList<StreamDoor> OfTopic(string topic) => [.. ByAddress($"topic:{topic}"), new ProtobusStreamDoor(grpc, topic)];

    /// <summary>A room that keeps its messages from now on.</summary>
    public async Task<IReadOnlyList<StreamDoor>> OfRoomAsync(string name)
    {
        await JsonCaller.SendAsync(HttpMethod.Put, new Uri(http, $"mesh/v1/streams/room:{name}"), "{}");
        return [.. ByAddress($"room:{name}"), new RoomDoor(resp, name)];
    }

    public ValueTask DisposeAsync() => close?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The doors through which every stream is reached.</summary>
    private StreamDoor[] ByAddress(string address) =>
    [
        new MeshHttpDoor(http, address),
        new SocketStreamDoor(http, address),
        new MeshGrpcDoor(grpc, address),
        new RespStreamDoor(resp, $"mesh:{address}"),
        new RseStreamDoor(rse, $"/mesh:{address}"),
        new ZaqarStreamDoor(http, $"mesh:{address}"),
    ];
}
