namespace Mesh.Protocols.Rotera.Tests;

/// <summary>The door over a mesh in this process.</summary>
internal sealed class EmbeddedDoor : RoteraDoor
{
    private readonly RoteraServer _server;

    private EmbeddedDoor(RoteraServer server)
        : base(server.EndPoint, server.Mesh) => _server = server;

    public static async Task<RoteraDoor> OpenAsync() => new EmbeddedDoor(await RoteraServer.StartAsync());

    public override async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }
}
