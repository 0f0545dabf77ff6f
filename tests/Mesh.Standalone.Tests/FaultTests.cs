using System.Net;
using Mesh.Embedded;
using Mesh.Storage.AdoNet;
using Mesh.Testing;
using Mesh.Testing.Faults;
using Mesh.Testing.Faults.Loads;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Standalone.Tests;

/// <summary>Every door under load while the process is killed again and again: nothing acknowledged is lost, doubled or moved.</summary>
public sealed class FaultTests : IDisposable
{
    private const int Kills = 4;
    private const int AcknowledgedBetweenKills = 50;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(30);
    private readonly TempFolder _folder = new();
    private readonly History _history = new();
    private readonly ClaimHistory _claims = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killing_the_process_under_the_load_of_all_doors_loses_nothing_acknowledged()
    {
        var data = _folder.File("mesh.db");
        int[] ports = [.. Enumerable.Range(0, 4).Select(_ => FreePort.Take())];
        OpenDoors[] doors = [new(new IPEndPoint(IPAddress.Loopback, ports[3]), Http(ports[0]), Http(ports[1]), Http(ports[2]))];
        DoorLoad[] loads =
        [
            new RingLoad(_history, doors, "r", "ringa"),
            new RingLoad(_history, doors, "r", "ringb"),
            new ChannelLoad(_history, doors, "c", "channel"),
            new QueueLoad(_history, doors, "q", "queue"),
            new QueueLoad(_history, doors, "jobs", "job"),
            new PartitionLoad(_history, doors, "topic", "partition"),
        ];
        using var consumer = new ClaimLoad(_claims, doors, "jobs");
        using var stop = new CancellationTokenSource();
        var process = await OpenAsync(data, ports);
        var running = loads.Select(load => load.RunAsync(stop.Token)).Append(new RingFollower(_history.Reading("ring:r"), doors, "r").RunAsync(stop.Token)).ToList();
        var consuming = consumer.RunAsync(stop.Token);
        for (var kill = 1; kill <= Kills; kill++)
        {
            await UntilAsync(AcknowledgedBetweenKills * kill);
            _history.Fault("kill");
            process.KillHard();
            await process.DisposeAsync();
            process = await OpenAsync(data, ports);
        }

        await UntilAsync(AcknowledgedBetweenKills * (Kills + 1));
        await stop.CancelAsync();
        await Task.WhenAll(running).WaitAsync(TimeMax);
        await consuming.WaitAsync(TimeMax);
        await process.DisposeAsync();
        foreach (var load in loads) load.Dispose();
        await CheckAsync(data);

        // A load that ends before it is told to has a fault of its own, which is thrown here.
        async Task UntilAsync(int acknowledged) =>
            await await Task.WhenAny([_history.AcknowledgedAsync(loads.Select(load => load.Stream), acknowledged, TimeMax), consuming, .. running]);
    }

    private async Task CheckAsync(string data)
    {
        await using var store = LogStores.Open(data);
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        var findings = _history.Check(await StoredHistory.ReadAsync(
            ("ring:r", mesh.Ring(StreamName.Ring("r"))),
            ("channel:c", mesh.Channel(StreamName.Channel("c"))),
            ("queue:q", mesh.Queue(StreamName.Queue("q", QueueLoad.Project))),
            ("partition", mesh.Partition(StreamName.Partition("events")))));
        var jobs = _history.AcknowledgedOf("queue:jobs");
        findings.Lost.RemoveAll(lost => lost.StartsWith("queue:jobs ", StringComparison.Ordinal)); // consumed: their history is the claims'
        Assert.True(findings.IsClean, findings.ToString());
        Assert.All(findings.Recoveries, recovery => Assert.NotNull(recovery.Time));
        Assert.Empty(_claims.HandedOutAgain());
        Assert.Empty(_claims.NeverHandedOut(jobs.Select(message => message.ToString())));
    }

    private static Task<MeshProcess> OpenAsync(string data, int[] ports) => MeshProcess.OpenAsync(Standalone.Command(
        "--data", data, "--http", $"{ports[0]}", "--rse", $"{ports[1]}", "--grpc", $"{ports[2]}", "--resp", $"{ports[3]}", "--rotera", "off", "--zaqar-ws", "off"));

    private static Uri Http(int port) => new($"http://127.0.0.1:{port}/");
}
