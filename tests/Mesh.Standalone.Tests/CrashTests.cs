using Mesh.Hosting.Doors;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Standalone.Tests;

public sealed class CrashTests : IDisposable
{
    private const string Ring = "load";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_signal_under_load_ends_with_0_and_loses_nothing_acknowledged()
    {
        var data = _folder.File("mesh.db");
        var (loads, exit) = await LoadUntilAsync(data, async mesh =>
        {
            mesh.Terminate();
            var (code, errors) = await mesh.EndAsync();
            Assert.Equal("", errors.Trim());
            return code;
        });
        Assert.Equal(0, exit);
        await CheckAsync(data, loads);
    }

    [Fact]
    public async Task A_kill_under_load_loses_nothing_acknowledged()
    {
        var data = _folder.File("mesh.db");
        for (var round = 0; round < 3; round++)
        {
            var (loads, _) = await LoadUntilAsync(data, async mesh =>
            {
                mesh.KillHard();
                return (await mesh.EndAsync()).Code;
            });
            await CheckAsync(data, loads);
        }
    }

    [Fact]
    public async Task Rings_and_what_their_groups_know_are_as_they_were_after_a_kill()
    {
        var data = _folder.File("mesh.db");
        string before;
        await using (var mesh = await Standalone.OpenAsync(data))
        {
            await RingsThatLast.MakeAsync(mesh);
            before = await RingsThatLast.DescribeAsync(mesh);
            mesh.KillHard();
            await mesh.EndAsync();
        }

        await using var again = await Standalone.OpenAsync(data);
        Assert.Equal(before, await RingsThatLast.DescribeAsync(again));
    }

    [Fact]
    public async Task Fifty_connections_that_append_one_by_one_are_all_answered()
    {
        await using var mesh = await Standalone.OpenAsync(_folder.File("mesh.db"));
        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            await using var wire = await RespWire.ConnectAsync(mesh.Resp);
            var mine = new List<object?>();
            for (var i = 0; i < 400; i++) mine.Add(await wire.AskAsync("XADD", Ring, "*", "field", "value"));
            return mine;
        }));
        Assert.Equal(50 * 400, ids.SelectMany(each => each).OfType<string>().Distinct().Count());
    }

    [Fact]
    public async Task Those_who_only_wait_do_not_hold_up_the_end()
    {
        await using var mesh = await Standalone.OpenAsync(_folder.File("mesh.db"));
        await using var subscriber = await RespWire.ConnectAsync(mesh.Resp);
        await subscriber.AskAsync("SUBSCRIBE", "room");
        await using var blocked = await RespWire.ConnectAsync(mesh.Resp);
        await blocked.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "nothing", "$");
        await using var idle = await RespWire.ConnectAsync(mesh.Resp);
        Assert.Equal("PONG", await idle.AskAsync("PING"));
        using var client = GrpcCalls.NewClient();
        using var subscription = await GrpcCalls.SubscribeAsync(client, mesh.Grpc, "nothing");

        mesh.Terminate();
        Assert.Equal(0, (await mesh.EndAsync()).Code);
        await Assert.ThrowsAnyAsync<IOException>(subscriber.ReadAsync);
    }

    /// <summary>The README's ten seconds: what the host waits for at its end is bounded by less, however slow the machine is that these tests run on.</summary>
    [Fact]
    public void What_the_end_may_wait_for_is_less_than_ten_seconds() => Assert.InRange(DoorHost.DrainMax + DoorHost.CommitMax, TimeSpan.Zero, TimeSpan.FromSeconds(9));

    private static async Task<(AppendLoad[] Loads, int Exit)> LoadUntilAsync(string data, Func<MeshProcess, Task<int>> end)
    {
        await using var mesh = await Standalone.OpenAsync(data);
        var round = Guid.NewGuid().ToString("N");
        var loads = Enumerable.Range(0, 4).Select(number => new AppendLoad(Ring, $"{round}-{number}")).ToArray();
        var running = loads.Select(load => load.RunAsync(mesh.Resp)).ToArray();
        await Task.WhenAll(loads.Select(load => load.ReachesAsync(1000)));
        var exit = await end(mesh);
        await Task.WhenAll(running);
        Assert.All(loads, load => Assert.True(load.Acknowledged.Count >= 1000, $"Only {load.Acknowledged.Count} records were acknowledged."));
        return (loads, exit);
    }

    private static async Task CheckAsync(string data, AppendLoad[] loads)
    {
        await using var mesh = await Standalone.OpenAsync(data);
        await AppendLoad.CheckAsync(mesh.Resp, Ring, loads);
    }
}
