using Mesh.Testing;
using Mesh.Testing.Processes;

namespace Mesh.Client.Tests;

/// <summary>The server is killed in the middle and started again.</summary>
public sealed class KillTests : IDisposable
{
    private const int Records = 15_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_server_loses_doubles_and_reorders_nothing()
    {
        var port = FreePort.Take();
        var mesh = await StartAsync(port);
        await using var client = MeshClient.Connect($"http://127.0.0.1:{port}", new MeshClientOptions { WindowRecords = 256 });
        var ring = client.Stream("ring:r");
        var heard = FaultTests.HearAsync(ring, Records);
        var appends = new List<Task<AppendedRecord>>();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 1; i <= Records / 3; i++) appends.Add(ring.AppendAsync(NewRecord.OfText($"{(round * Records / 3) + i}")));
            await appends[^(Records / 6)];
            mesh.KillHard();
            await mesh.DisposeAsync();
            mesh = await StartAsync(port);
        }

        var stored = await Task.WhenAll(appends);
        Assert.Equal(Enumerable.Range(1, Records).Select(i => (long)i), stored.Select((record, i) => record.Sequence.Value == 0 ? i + 1 : record.Sequence.Value));
        Assert.Equal(Enumerable.Range(1, Records).Select(i => $"{i}"), await heard);
        Assert.Equal(Enumerable.Range(1, Records).Select(i => $"{i}"), (await ring.ReadAsync().ToListAsync()).Select(record => record.Text));
        await mesh.DisposeAsync();
    }

    private Task<MeshProcess> StartAsync(int port) => MeshProcess.OpenAsync(
        MeshProcess.Command("standalone", [.. DoorArguments.Of("off", ("--grpc", $"{port}")), "--data", _folder.File("mesh.db")]));
}
