using System.Diagnostics;
using System.Net;
using Mesh.Embedded;
using Mesh.Storage.AdoNet;
using Mesh.Testing.Faults;
using Mesh.Testing.Faults.Loads;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Npgsql;

namespace Mesh.Cluster.Tests.Faults;

/// <summary>
/// A cluster of real processes over a PostgreSQL of its own, under the load of all doors through all gateways, to which faults are done. Each silo reaches the
/// database by a relay of its own, which can be cut.
/// </summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(60);
    private static readonly string[] Everlasting = ["--rse-ttl", "86400"];
    private readonly PostgresServer _database;
    private readonly Cluster _cluster;
    private readonly List<TcpRelay> _relays;
    private readonly OpenDoors[] _doors;
    private readonly DoorsUnderLoad _load;

    private FaultRun(PostgresServer database, Cluster cluster, List<TcpRelay> relays)
    {
        (_database, _cluster, _relays) = (database, cluster, relays);
        _doors = [.. cluster.Gateways.Select(DoorsOf)];
        _load = new DoorsUnderLoad(_doors, RecoveryMax);
    }

    public int Silos => _cluster.Silos.Count;

    public int Gateways => _cluster.Gateways.Count;

    public static async Task<FaultRun> OpenAsync(int silos, int gateways)
    {
        var database = await PostgresServer.StartAsync();
        var cluster = await Cluster.OpenAsync(database, silos: 0, gateways: 0, Everlasting);
        var relays = new List<TcpRelay>();
        for (var i = 0; i < silos; i++) await AddSiloAsync(cluster, relays);
        for (var i = 0; i < gateways; i++) await cluster.AddGatewayAsync();
        var run = new FaultRun(database, cluster, relays);
        await run.GoesOnAsync();
        return run;
    }

    public async Task KillSiloAsync(int index)
    {
        Fault("kill of a silo");
        _cluster.Silos[index].KillHard();
        await GoesOnAsync();
        await ReplaceSiloAsync(index);
    }

    public async Task KillAllSilosAsync()
    {
        Fault("kill of all silos");
        foreach (var silo in _cluster.Silos) silo.KillHard();
        for (var index = 0; index < Silos; index++) await ReplaceSiloAsync(index);
        await GoesOnAsync();
    }

    public async Task KillGatewayAsync(int index)
    {
        Fault("kill of a gateway");
        _cluster.Gateways[index].KillHard();
        await ReplaceGatewayAsync(index);
        await GoesOnAsync();
    }

    /// <summary>A silo stands still until the others have voted it dead and serve its streams, and then goes on as if nothing were.</summary>
    public async Task PauseSiloAsync(int index)
    {
        Fault("pause of a silo");
        _cluster.Silos[index].Pause();
        await GoesOnAsync();
        _cluster.Silos[index].Resume();
        await GoesOnAsync();
        await ReplaceSiloAsync(index);
    }

    /// <summary>A silo stands still until the others serve its streams, and is killed without having learnt of it.</summary>
    public async Task PauseAndKillSiloAsync(int index)
    {
        Fault("pause and kill of a silo");
        _cluster.Silos[index].Pause();
        await GoesOnAsync();
        _cluster.Silos[index].KillHard();
        await ReplaceSiloAsync(index);
        await GoesOnAsync();
    }

    /// <summary>A silo that the others reach cannot reach the database for a while.</summary>
    public async Task PartitionSiloAsync(int index)
    {
        await CutAsync(index, "partition of a silo from the database");
        _relays[index].Heal();
        await GoesOnAsync();
    }

    /// <summary>A silo is cut off from the database and killed; what it had sent there arrives when others have had its streams for long.</summary>
    public async Task PartitionAndKillSiloAsync(int index)
    {
        await CutAsync(index, "partition and kill of a silo");
        _cluster.Silos[index].KillHard();
        await GoesOnAsync();
        _relays[index].Heal();
        await GoesOnAsync();
        await ReplaceSiloAsync(index);
    }

    public async Task CrashDatabaseAsync()
    {
        Fault("crash of the database");
        await _database.CrashAsync();
        await _database.ResumeAsync();
        await GoesOnAsync();
    }

    /// <summary>Each silo is told to end, and another takes its place.</summary>
    public async Task RestartInTurnAsync()
    {
        Fault("rolling restart");
        for (var index = 0; index < Silos; index++)
        {
            _cluster.Silos[index].Terminate();
            await ReplaceSiloAsync(index);
            await GoesOnAsync();
        }
    }

    public async Task ScaleAsync(int silos)
    {
        Fault($"scaling to {silos}");
        while (Silos < silos) await AddSiloAsync(_cluster, _relays);
        while (Silos > silos)
        {
            var leaving = _cluster.Silos[^1];
            _cluster.Silos.RemoveAt(Silos - 1);
            leaving.Terminate();
            await leaving.EndAsync();
            await leaving.DisposeAsync();
            await _relays[Silos].DisposeAsync();
            _relays.RemoveAt(Silos);
        }

        await GoesOnAsync();
    }

    /// <summary>A host that knows nothing of the cluster takes the same streams out of the same database, and a silo of another cluster would.</summary>
    public async Task ShareDatabaseAsync()
    {
        Fault("another host on the database");
        var (refusal, _, _) = await MeshProcess.RunAsync(Cluster.Silo(_cluster.Data, "--cluster-id", "other"));
        if (refusal == 0) throw new InvalidOperationException("A silo of another cluster took the database.");
        await using var other = await MeshProcess.OpenAsync(MeshProcess.Command(
            "standalone", "--data", _cluster.Data, "--http", "0", "--rse", "0", "--grpc", "0", "--resp", "0", "--rotera", "off", "--zaqar-ws", "off", "--rse-ttl", "86400"));
        using var stop = new CancellationTokenSource();
        using var load = new RingLoad(_load.History, [DoorsOf(other)], "a", "stranger");
        var running = load.RunAsync(stop.Token);
        await GoesOnAsync();
        await _load.History.AcknowledgedByAsync("ring:a", "stranger", 20, RecoveryMax);
        await stop.CancelAsync();
        await running.WaitAsync(RecoveryMax);
        other.Terminate();
        await other.EndAsync();
        await GoesOnAsync();
    }

    /// <summary>Ends the load, and then the cluster, and holds what is stored against what was answered.</summary>
    public async Task<FaultReport> EndAsync()
    {
        await _load.EndAsync();
        await _cluster.DisposeAsync();
        await using var store = LogStores.Open(_cluster.Data);
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        return await _load.CheckAsync(mesh);
    }

    public async ValueTask DisposeAsync()
    {
        await _load.DisposeAsync();
        await _cluster.DisposeAsync();
        foreach (var relay in _relays) await relay.DisposeAsync();
        await _database.DisposeAsync();
    }

    private void Fault(string name) => _load.History.Fault(name);

    private Task GoesOnAsync() => _load.GoesOnAsync();

    /// <summary>Cuts a silo off, and waits until it knows.</summary>
    private async Task CutAsync(int index, string fault)
    {
        Fault(fault);
        _relays[index].Cut();
        using var client = new HttpClient { Timeout = RecoveryMax };
        for (var since = Stopwatch.StartNew(); ;)
        {
            using var ready = await client.GetAsync(new Uri(_cluster.Silos[index].Http, "healthz/ready"));
            if (!ready.IsSuccessStatusCode) return;
            if (since.Elapsed > RecoveryMax) throw new TimeoutException("A silo that is cut off from the database says that it is ready.");
        }
    }

    /// <summary>The new one reaches the database by the relay of the old.</summary>
    private async Task ReplaceSiloAsync(int index)
    {
        await _cluster.Silos[index].DisposeAsync();
        _cluster.Silos[index] = await MeshProcess.OpenAsync(Cluster.Silo(Through(_cluster.Data, _relays[index])));
    }

    private async Task ReplaceGatewayAsync(int index)
    {
        await _cluster.Gateways[index].DisposeAsync();
        await _cluster.AddGatewayAsync();
        (_cluster.Gateways[index], _cluster.Gateways[^1]) = (_cluster.Gateways[^1], _cluster.Gateways[index]);
        _cluster.Gateways.RemoveAt(Gateways - 1);
        _doors[index] = DoorsOf(_cluster.Gateways[index]);
    }

    private static async Task AddSiloAsync(Cluster cluster, List<TcpRelay> relays)
    {
        var relay = new TcpRelay(new IPEndPoint(IPAddress.Loopback, new NpgsqlConnectionStringBuilder(cluster.Data).Port));
        relays.Add(relay);
        cluster.Silos.Add(await MeshProcess.OpenAsync(Cluster.Silo(Through(cluster.Data, relay))));
    }

    private static string Through(string data, TcpRelay relay) => new NpgsqlConnectionStringBuilder(data) { Port = relay.Port }.ConnectionString;

    private static OpenDoors DoorsOf(MeshProcess process) => new(process.Resp, process.Http, process.Rse, process.Grpc);
}
