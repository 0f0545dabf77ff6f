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
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killing_the_process_under_the_load_of_all_doors_loses_nothing_acknowledged()
    {
        var data = _folder.File("mesh.db");
        int[] ports = [.. Enumerable.Range(0, 4).Select(_ => FreePort.Take())];
        OpenDoors[] doors = [new(new IPEndPoint(IPAddress.Loopback, ports[3]), Http(ports[0]), Http(ports[1]), Http(ports[2]))];
        var process = await OpenAsync(data, ports);
        await using var load = new DoorsUnderLoad(doors, TimeMax);
        for (var kill = 1; kill <= Kills; kill++)
        {
            await load.GoesOnAsync(AcknowledgedBetweenKills);
            load.History.Fault("kill");
            process.KillHard();
            await process.DisposeAsync();
            process = await OpenAsync(data, ports);
        }

        await load.GoesOnAsync(AcknowledgedBetweenKills);
        await load.EndAsync();
        await process.DisposeAsync();
        await using var store = LogStores.Open(data);
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        var report = await load.CheckAsync(mesh);
        Assert.True(report.IsClean, report.ToString());
        Assert.All(report.Findings.Recoveries, recovery => Assert.NotNull(recovery.Time));
    }

    private static Task<MeshProcess> OpenAsync(string data, int[] ports) => MeshProcess.OpenAsync(Standalone.Command(
        "--data", data, "--http", $"{ports[0]}", "--rse", $"{ports[1]}", "--grpc", $"{ports[2]}", "--resp", $"{ports[3]}", "--rotera", "off", "--zaqar-ws", "off"));

    private static Uri Http(int port) => new($"http://127.0.0.1:{port}/");
}
