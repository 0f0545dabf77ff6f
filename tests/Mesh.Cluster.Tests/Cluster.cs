using System.Diagnostics;
using System.Globalization;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;

namespace Mesh.Cluster.Tests;

/// <summary>Silos and gateways as processes of their own on free ports of loopback, over a database of their own.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    /// <summary>A gateway on a busy machine is not one that was killed: a test that counts listeners waits for it.</summary>
    private static readonly string[] WaitsForGateways = ["--room-answer-max", "30000"];

    private readonly string[] _gatewayOptions;

    private Cluster(string data, string[] gatewayOptions) => (Data, _gatewayOptions) = (data, gatewayOptions);

    /// <summary>The connection string of the database.</summary>
    public string Data { get; }

    public List<MeshProcess> Silos { get; } = [];

    public List<MeshProcess> Gateways { get; } = [];

    public static async Task<Cluster> OpenAsync(int silos = 2, int gateways = 2) => await OpenAsync(await PostgresServer.SharedAsync(), silos, gateways);

    /// <param name="server">Where its database is made.</param>
    /// <param name="silos">How many to begin with.</param>
    /// <param name="gateways">How many to begin with.</param>
    /// <param name="gatewayOptions">More options for each gateway.</param>
    public static async Task<Cluster> OpenAsync(PostgresServer server, int silos, int gateways, params string[] gatewayOptions)
    {
        var cluster = new Cluster(await server.CreateDatabaseAsync(), gatewayOptions);
        try
        {
            for (var i = 0; i < silos; i++) await cluster.AddSiloAsync();
            for (var i = 0; i < gateways; i++) await cluster.AddGatewayAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A gateway that a busy machine keeps from answering is not a dead one: it is waited for longer than by default.</summary>
    public static ProcessStartInfo Silo(string data, params string[] more) => MeshProcess.Command(
        "silo-host", ["--data", data, "--http", "0", "--silo-port", Port(), "--gateway-port", Port(), "--room-answer-max", "2000", .. more]);

    public static ProcessStartInfo Gateway(string data, params string[] more) => MeshProcess.Command(
        "gateway", ["--data", data, .. DoorArguments.AnyPort, .. more]);

    public Task AddSiloAsync() => AddSiloAsync(Data, WaitsForGateways);

    /// <param name="data">Leads to the cluster's database.</param>
    /// <param name="more">Options.</param>
    public async Task AddSiloAsync(string data, params string[] more) => Silos.Add(await MeshProcess.OpenAsync(Silo(data, more)));

    public async Task AddGatewayAsync() => Gateways.Add(await MeshProcess.OpenAsync(Gateway(Data, _gatewayOptions)));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Gateways.Concat(Silos)) await process.DisposeAsync();
        Gateways.Clear();
        Silos.Clear();
    }

    private static string Port() => FreePort.Take().ToString(CultureInfo.InvariantCulture);
}
