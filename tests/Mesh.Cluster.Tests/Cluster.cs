using System.Diagnostics;
using System.Globalization;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;

namespace Mesh.Cluster.Tests;

/// <summary>Silos and gateways as processes of their own on free ports of loopback, over a database of their own.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private Cluster(string data) => Data = data;

    /// <summary>The connection string of the database.</summary>
    public string Data { get; }

    public List<MeshProcess> Silos { get; } = [];

    public List<MeshProcess> Gateways { get; } = [];

    public static async Task<Cluster> OpenAsync(int silos = 2, int gateways = 2)
    {
        var server = await PostgresServer.SharedAsync();
        var cluster = new Cluster(await server.CreateDatabaseAsync());
        for (var i = 0; i < silos; i++) await cluster.AddSiloAsync();
        for (var i = 0; i < gateways; i++) await cluster.AddGatewayAsync();
        return cluster;
    }

    public static ProcessStartInfo Silo(string data, params string[] more) => MeshProcess.Command(
        "silo-host", ["--data", data, "--http", "0", "--silo-port", Port(), "--gateway-port", Port(), .. more]);

    public static ProcessStartInfo Gateway(string data, params string[] more) => MeshProcess.Command(
        "gateway", ["--data", data, "--http", "0", "--rse", "0", "--grpc", "0", "--resp", "0", .. more]);

    public async Task AddSiloAsync() => Silos.Add(await MeshProcess.OpenAsync(Silo(Data)));

    public async Task AddGatewayAsync() => Gateways.Add(await MeshProcess.OpenAsync(Gateway(Data)));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Gateways.Concat(Silos)) await process.DisposeAsync();
    }

    private static string Port() => FreePort.Take().ToString(CultureInfo.InvariantCulture);
}
