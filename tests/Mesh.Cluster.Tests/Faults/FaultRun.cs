using Mesh.Embedded;
using Mesh.Storage.AdoNet;
using Mesh.Testing.Faults;
using Mesh.Testing.Faults.Loads;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;

namespace Mesh.Cluster.Tests.Faults;

/// <summary>A cluster of real processes over a PostgreSQL of its own, under the load of all doors through all gateways, to which faults are done.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private const string Jobs = "queue:jobs";
    private const int AcknowledgedToGoOn = 20;
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(60);
    private static readonly string[] Everlasting = ["--rse-ttl", "86400"];
    private readonly PostgresServer _database;
    private readonly Cluster _cluster;
    private readonly OpenDoors[] _doors;
    private readonly History _history = new();
    private readonly ClaimHistory _claims = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<DoorLoad> _loads;
    private readonly ClaimLoad _consumer;
    private readonly List<Task> _running;

    private FaultRun(PostgresServer database, Cluster cluster)
    {
        (_database, _cluster) = (database, cluster);
        _doors = [.. cluster.Gateways.Select(DoorsOf)];
        _loads =
        [
            new RingLoad(_history, _doors, "a", "ringa"),
            new RingLoad(_history, _doors, "a", "ringb"),
            new RingLoad(_history, _doors, "b", "ringc"),
            new ChannelLoad(_history, _doors, "c", "channel"),
            new QueueLoad(_history, _doors, "q", "queue"),
            new QueueLoad(_history, _doors, "jobs", "job"),
            new PartitionLoad(_history, _doors, "topic", "partition"),
        ];
        _consumer = new ClaimLoad(_claims, _doors, "jobs");
        _running =
        [
            .. _loads.Select(load => load.RunAsync(_stop.Token)),
            new RingFollower(_history.Reading("ring:a"), _doors, "a").RunAsync(_stop.Token),
            _consumer.RunAsync(_stop.Token),
        ];
    }

    public int Silos => _cluster.Silos.Count;

    public int Gateways => _cluster.Gateways.Count;

    public static async Task<FaultRun> OpenAsync(int silos, int gateways)
    {
        var database = await PostgresServer.StartAsync();
        var run = new FaultRun(database, await Cluster.OpenAsync(database, silos, gateways, Everlasting));
        await run.GoesOnAsync();
        return run;
    }

    public async Task KillSiloAsync(int index)
    {
        _history.Fault("kill of a silo");
        _cluster.Silos[index].KillHard();
        await GoesOnAsync();
        await ReplaceSiloAsync(index);
    }

    public async Task KillAllSilosAsync()
    {
        _history.Fault("kill of all silos");
        foreach (var silo in _cluster.Silos) silo.KillHard();
        for (var index = 0; index < Silos; index++) await ReplaceSiloAsync(index);
        await GoesOnAsync();
    }

    public async Task KillGatewayAsync(int index)
    {
        _history.Fault("kill of a gateway");
        _cluster.Gateways[index].KillHard();
        await ReplaceGatewayAsync(index);
        await GoesOnAsync();
    }

    /// <summary>A silo stands still until the others have voted it dead and serve its streams, and then goes on as if nothing were.</summary>
    public async Task PauseSiloAsync(int index)
    {
        _history.Fault("pause of a silo");
        _cluster.Silos[index].Pause();
        await GoesOnAsync();
        _cluster.Silos[index].Resume();
        await GoesOnAsync();
        await ReplaceSiloAsync(index);
    }

    public async Task CrashDatabaseAsync()
    {
        _history.Fault("crash of the database");
        await _database.CrashAsync();
        await _database.ResumeAsync();
        await GoesOnAsync();
    }

    /// <summary>Each silo is told to end, and another takes its place.</summary>
    public async Task RestartInTurnAsync()
    {
        _history.Fault("rolling restart");
        for (var index = 0; index < Silos; index++)
        {
            _cluster.Silos[index].Terminate();
            await ReplaceSiloAsync(index);
            await GoesOnAsync();
        }
    }

    public async Task ScaleAsync(int silos)
    {
        _history.Fault($"scaling to {silos}");
        while (Silos < silos) await _cluster.AddSiloAsync();
        while (Silos > silos)
        {
            var leaving = _cluster.Silos[^1];
            _cluster.Silos.RemoveAt(Silos - 1);
            leaving.Terminate();
            await leaving.EndAsync();
            await leaving.DisposeAsync();
        }

        await GoesOnAsync();
    }

    /// <summary>Ends the load, and then the cluster, and holds what is stored against what was answered.</summary>
    public async Task<FaultReport> EndAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).WaitAsync(RecoveryMax);
        await _cluster.DisposeAsync();
        await using var store = LogStores.Open(_cluster.Data);
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        var stored = await StoredHistory.ReadAsync(
            ("ring:a", mesh.Ring(StreamName.Ring("a"))),
            ("ring:b", mesh.Ring(StreamName.Ring("b"))),
            ("channel:c", mesh.Channel(StreamName.Channel("c"))),
            ("queue:q", mesh.Queue(StreamName.Queue("q", QueueLoad.Project))),
            ("partition", mesh.Partition(StreamName.Partition("events"))));
        var left = await StoredHistory.ReadAsync((Jobs, mesh.Queue(StreamName.Queue("jobs", QueueLoad.Project))));
        var findings = _history.Check(stored);
        findings.Lost.RemoveAll(lost => lost.StartsWith(Jobs, StringComparison.Ordinal)); // consumed: their history is the claims'
        return new FaultReport(findings, _claims.HandedOutAgain(), _claims.NeverHandedOut(Acknowledged(Jobs).Except(left[Jobs].Select(each => each.Message.ToString()))));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _cluster.DisposeAsync();
        foreach (var load in _loads) load.Dispose();
        _consumer.Dispose();
        await _database.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Waits until every stream takes more. A load that ended before it was told to has a fault of its own, which is thrown here.</summary>
    private async Task GoesOnAsync()
    {
        var more = Task.WhenAll(_loads.Select(load => load.Stream).Distinct().Select(MoreAsync));
        await await Task.WhenAny([more, .. _running]);
        await more;
    }

    private IEnumerable<string> Acknowledged(string stream) => _history.AcknowledgedOf(stream).Select(message => message.ToString());

    private Task MoreAsync(string stream) => _history.AcknowledgedAsync([stream], _history.AcknowledgedOf(stream).Count + AcknowledgedToGoOn, RecoveryMax);

    private async Task ReplaceSiloAsync(int index)
    {
        await _cluster.Silos[index].DisposeAsync();
        await _cluster.AddSiloAsync();
        (_cluster.Silos[index], _cluster.Silos[^1]) = (_cluster.Silos[^1], _cluster.Silos[index]);
        _cluster.Silos.RemoveAt(Silos - 1);
    }

    private async Task ReplaceGatewayAsync(int index)
    {
        await _cluster.Gateways[index].DisposeAsync();
        await _cluster.AddGatewayAsync();
        (_cluster.Gateways[index], _cluster.Gateways[^1]) = (_cluster.Gateways[^1], _cluster.Gateways[index]);
        _cluster.Gateways.RemoveAt(Gateways - 1);
        _doors[index] = DoorsOf(_cluster.Gateways[index]);
    }

    private static OpenDoors DoorsOf(MeshProcess gateway) => new(gateway.Resp, gateway.Http, gateway.Rse, gateway.Grpc);
}

/// <summary>What a run under faults showed.</summary>
/// <param name="Findings">Of the logs.</param>
/// <param name="HandedOutAgain">Messages claimed after their deletion was answered.</param>
/// <param name="NeverHandedOut">Messages acknowledged to their producer that no consumer was ever handed and that are not there any more. (A claim whose answer was lost holds its messages until it expires.)</param>
internal sealed record FaultReport(Findings Findings, IReadOnlyList<string> HandedOutAgain, IReadOnlyList<string> NeverHandedOut)
{
    public bool IsClean => Findings.IsClean && HandedOutAgain.Count == 0 && NeverHandedOut.Count == 0;

    public override string ToString() => $"{Findings}handed out again: {string.Join(", ", HandedOutAgain)}; never handed out: {string.Join(", ", NeverHandedOut)}";
}
