using Mesh.Testing.Postgres;

namespace Mesh.Bench.Servers;

/// <summary>Silos and gateways over a database of their own.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    private readonly string _data;

    private ClusterProcesses(string data) => _data = data;

    public List<ServerProcess> Silos { get; } = [];

    public List<ServerProcess> Gateways { get; } = [];

    public static async Task<ClusterProcesses> StartAsync(PostgresServer server, int silos, int gateways, string doors)
    {
        var cluster = new ClusterProcesses(await server.CreateDatabaseAsync());
        for (var i = 0; i < silos; i++) cluster.Silos.Add(await ServerProcess.SiloAsync(cluster._data));
        for (var i = 0; i < gateways; i++) cluster.Gateways.Add(await ServerProcess.GatewayAsync(cluster._data, doors));
        return cluster;
    }

    /// <summary>Kills the oldest silo; another takes its place after that.</summary>
    public async Task KillSiloAsync()
    {
        await Silos[0].KillAsync();
        await Silos[0].DisposeAsync();
        Silos.RemoveAt(0);
    }

    public async Task AddSiloAsync() => Silos.Add(await ServerProcess.SiloAsync(_data));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Gateways.Concat(Silos)) await process.DisposeAsync();
    }
}
