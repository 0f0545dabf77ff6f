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
    private const int LinesSaid = 30;
    private const int AcknowledgedByStranger = 20;
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromMinutes(2);
    private static readonly string[] Everlasting = ["--rse-ttl", "86400"];
    private readonly PostgresServer _database;
    private readonly Cluster _cluster;
    private readonly List<TcpRelay> _relays;
    private readonly OpenDoors[] _doors;
    private readonly DoorsUnderLoad _load;
    private readonly Action<string> _tell;
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private int _strangers;

    private FaultRun(PostgresServer database, Cluster cluster, List<TcpRelay> relays, Action<string> tell)
    {
        (_database, _cluster, _relays, _tell) = (database, cluster, relays, tell);
        _doors = [.. cluster.Gateways.Select(DoorsOf)];
        _load = new DoorsUnderLoad(_doors, RecoveryMax);
    }

    public int Silos => _cluster.Silos.Count;

    public int Gateways => _cluster.Gateways.Count;

    /// <param name="silos">How many to begin with.</param>
    /// <param name="gateways">How many.</param>
    /// <param name="tell">Is told of each fault before it is done.</param>
    public static async Task<FaultRun> OpenAsync(int silos, int gateways, Action<string> tell)
    {
        var database = await PostgresServer.StartAsync();
        var cluster = await Cluster.OpenAsync(database, Mortal.Silos, silos: 0, gateways: 0, Everlasting);
        var relays = new List<TcpRelay>();
        for (var i = 0; i < silos; i++) await AddSiloAsync(cluster, relays, tell);
        for (var i = 0; i < gateways; i++) await cluster.AddGatewayAsync();
        var run = new FaultRun(database, cluster, relays, tell);
        await run.GoesOnAsync();
        return run;
    }

    public async Task KillSiloAsync(int index)
    {
        await FaultAsync("kill of a silo");
        _cluster.Silos[index].KillHard();
        await GoesOnAsync();
        await ReplaceSiloAsync(index);
    }

    public async Task KillAllSilosAsync()
    {
        await FaultAsync("kill of all silos");
        foreach (var silo in _cluster.Silos) silo.KillHard();
        for (var index = 0; index < Silos; index++) await ReplaceSiloAsync(index);
        await GoesOnAsync();
    }

    public async Task KillGatewayAsync(int index)
    {
        await FaultAsync("kill of a gateway");
        _cluster.Gateways[index].KillHard();
        await ReplaceGatewayAsync(index);
        await GoesOnAsync();
    }

    /// <summary>A silo stands still until the others have voted it dead and serve its streams, and then goes on as if nothing were.</summary>
    public async Task PauseSiloAsync(int index)
    {
        await FaultAsync("pause of a silo");
        _cluster.Silos[index].Pause();
        await GoesOnAsync();
        _cluster.Silos[index].Resume();
        await GoesOnAsync();
        await ReplaceSiloAsync(index);
    }

    /// <summary>A silo stands still until the others serve its streams, and is killed without having learnt of it.</summary>
    public async Task PauseAndKillSiloAsync(int index)
    {
        await FaultAsync("pause and kill of a silo");
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
        await FaultAsync("crash of the database");
        await _database.CrashAsync();
        await _database.ResumeAsync();
        await GoesOnAsync();
    }

    /// <summary>Each silo is told to end, and another takes its place.</summary>
    public async Task RestartInTurnAsync()
    {
        await FaultAsync("rolling restart");
        for (var index = 0; index < Silos; index++)
        {
            _cluster.Silos[index].Terminate();
            await ReplaceSiloAsync(index);
            await GoesOnAsync();
        }
    }

    public async Task ScaleAsync(int silos)
    {
        await FaultAsync($"scaling to {silos}");
        while (Silos < silos) await AddSiloAsync(_cluster, _relays, _tell);
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
        await FaultAsync("another host on the database");
        var (refusal, _, _) = await MeshProcess.RunAsync(Cluster.Silo(_cluster.Data, "--cluster-id", "other"));
        if (refusal == 0) throw new InvalidOperationException("A silo of another cluster took the database.");
        await using var other = await MeshProcess.OpenAsync(MeshProcess.Command(
            "standalone", [.. DoorArguments.AnyPort, "--data", _cluster.Data, "--rse-ttl", "86400"]));
        using var stop = new CancellationTokenSource();
        var producer = $"stranger{++_strangers}";
        using var load = new RingLoad(_load.History, [DoorsOf(other)], "a", producer);
        var running = load.RunAsync(stop.Token);
        await GoesOnAsync();
        await _load.History.AcknowledgedByAsync("ring:a", producer, AcknowledgedByStranger, RecoveryMax);
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

    /// <summary>The last that each process has said on its standard error.</summary>
    public string Said() => string.Concat(_cluster.Silos.Concat(_cluster.Gateways).Select(process =>
        $"{process.Banner.Split('\n')[0]}\n{string.Join('\n', process.Errors.Split('\n').TakeLast(LinesSaid))}\n"));

    private async Task FaultAsync(string name)
    {
        await TendAsync();
        _tell($"{_since.Elapsed.TotalSeconds:0.0} s: {name}");
        _load.History.Fault(name);
    }

    private Task GoesOnAsync() => _load.GoesOnAsync();

    /// <summary>Cuts a silo off, and waits until it has tried to reach the database.</summary>
    private async Task CutAsync(int index, string fault)
    {
        await FaultAsync(fault);
        await _relays[index].CutAsync().WaitAsync(RecoveryMax);
    }

    /// <summary>The new one reaches the database by the relay of the old.</summary>
    private async Task ReplaceSiloAsync(int index)
    {
        await _cluster.Silos[index].DisposeAsync();
        _cluster.Silos[index] = await Cluster.OpenSiloAsync(_tell, Through(_cluster.Data, _relays[index]));
    }

    private async Task ReplaceGatewayAsync(int index)
    {
        await _cluster.Gateways[index].DisposeAsync();
        await _cluster.AddGatewayAsync();
        (_cluster.Gateways[index], _cluster.Gateways[^1]) = (_cluster.Gateways[^1], _cluster.Gateways[index]);
        _cluster.Gateways.RemoveAt(Gateways - 1);
        _doors[index] = DoorsOf(_cluster.Gateways[index]);
    }

    private static async Task AddSiloAsync(Cluster cluster, List<TcpRelay> relays, Action<string> tell)
    {
        var relay = new TcpRelay(new IPEndPoint(IPAddress.Loopback, new NpgsqlConnectionStringBuilder(cluster.Data).Port));
        relays.Add(relay);
        cluster.Silos.Add(await Cluster.OpenSiloAsync(tell, Through(cluster.Data, relay)));
    }

    /// <summary>A silo that has ended by itself, because the others have voted it dead, is started again.</summary>
    private async Task TendAsync()
    {
        for (var index = 0; index < Silos; index++)
        {
            if (!_cluster.Silos[index].HasEnded) continue;
            _tell($"A silo had ended by itself: {(Cluster.WasVotedDead(_cluster.Silos[index]) ? "the others had voted it dead" : _cluster.Silos[index].Errors)}");
            await ReplaceSiloAsync(index);
        }
    }

    private static string Through(string data, TcpRelay relay) => new NpgsqlConnectionStringBuilder(data) { Port = relay.Port }.ConnectionString;

    private static OpenDoors DoorsOf(MeshProcess process) => new(process.Resp, process.Http, process.Rse, process.Grpc);
}
