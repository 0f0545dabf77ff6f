using Mesh.Gateway;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Protocols.Http.Tests.MeshV1;
using Mesh.Protocols.Http.Tests.Rse;
using Mesh.Protocols.Http.Tests.Zaqar;
using Mesh.Protocols.Resp.Tests;
using Mesh.Protocols.Rotera.Tests;
using Mesh.Testing;
using Mesh.Testing.Doors;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Mesh.Cluster.Tests.Wire;

/// <summary>
/// Two silos and a gateway for all tests of the doors, and a client of the cluster in this process, by which streams are cleared away before each test. Zaqar's
/// tests have projects of their own instead.
/// </summary>
public sealed class OneGateway : IAsyncLifetime
{
    private const int PageMax = 1000;
    private static readonly TimeSpan EmptyMax = TimeSpan.FromSeconds(60);
    private readonly TempFolder _tokens = new();
    private Cluster _cluster = null!;
    private ClusterConnection _client = null!;
    private int _projects;

    private IMesh Mesh => _client.Mesh;

    private MeshProcess Gateway => _cluster.Gateways[0];

    public async Task InitializeAsync()
    {
        if (RequiresPostgresAttribute.Missing is not null) return;
        await File.WriteAllTextAsync(_tokens.File("tokens"), RseDoor.Token);
        _cluster = await Cluster.OpenAsync(await PostgresServer.SharedAsync(), Mortal.Nobody, silos: 2, gateways: 1,
            ["--rse-mode", "live", "--rse-tokens", _tokens.File("tokens"), .. RulesContract.Rules.SelectMany(rule => (string[])["--partition", rule])]);
        _client = await ClusterConnection.OpenAsync(new GatewayOptions { Data = _cluster.Data }, NullLoggerFactory.Instance);
    }

    public async Task DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
        _tokens.Dispose();
    }

    public async Task<RespDoor> RespAsync()
    {
        await ClearAsync(StreamKind.Ring);
        await ClearAsync(StreamKind.Room);
        await LeaveRoomsAsync().WaitAsync(EmptyMax);
        return new RespDoor(Gateway.Resp, Mesh);
    }

    public async Task<RoteraDoor> RoteraAsync()
    {
        await ClearAsync(StreamKind.Ring);
        return new RoteraDoor(Gateway.Rotera, Mesh);
    }

    public async Task<RseDoor> RseAsync()
    {
        await ClearAsync(StreamKind.Channel);
        return new RseDoor(Gateway.Rse, Gateway.Http, Mesh);
    }

    public async Task<GrpcDoor> GrpcAsync()
    {
        await ClearAsync(StreamKind.Partition);
        return new GrpcDoor(Gateway.Grpc, Mesh);
    }

    public async Task<GrpcDoor> MeshV1Async()
    {
        foreach (var kind in Enum.GetValues<StreamKind>()) await ClearAsync(kind);
        return new GrpcDoor(Gateway.Grpc, Mesh);
    }

    public Task<MeshDoor> MeshHttpAsync() => Task.FromResult(new MeshDoor(Gateway.Http, $"p{++_projects}", Mesh));

    public Task<AllDoors> AllDoorsAsync() => Task.FromResult(new AllDoors(Gateway.Http, Gateway.Rse, Gateway.Grpc, Gateway.Resp, Gateway.Rotera));

    public Task<ZaqarDoor> ZaqarAsync() => Task.FromResult(new ZaqarDoor(Gateway.Http, $"p{++_projects}", Mesh));

    private async Task ClearAsync(StreamKind kind)
    {
        while (await Mesh.Catalogue.ListAsync(StreamName.DefaultProject, kind, "", PageMax) is { Count: > 0 } streams)
            foreach (var stream in streams) await Mesh.Catalogue.DeleteAsync(stream.Name);
    }

    /// <summary>Waits until the gateway has noticed that the connections of the last test are gone.</summary>
    private async Task LeaveRoomsAsync()
    {
        while ((await Mesh.Rooms.RoomsAsync(default)).Count > 0 || await Mesh.Rooms.PatternsAsync() > 0) await Task.Yield();
    }
}

/// <summary>The classes whose tests share the gateway.</summary>
[CollectionDefinition(Name)]
public sealed class OneGatewayCollection : ICollectionFixture<OneGateway>
{
    public const string Name = "one gateway";
}
