using System.Globalization;
using Mesh.Testing.Processes;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Cluster.Tests;

/// <summary>
/// What rooms cost a cluster of gateways: bytes that the kernel has counted at the sockets of each process, to clients and to silos alike. For a longer run,
/// <c>MESH_ROOM_MEBIBYTES</c> says how much is published in each room; by default 4.
/// </summary>
public sealed class RoomTrafficTests(ITestOutputHelper output)
{
    private const int PipelinesOfAMebibyte = 1024 * 1024 / (100 * 1024);

    private static readonly int Pipelines = PipelinesOfAMebibyte * int.Parse(
        Environment.GetEnvironmentVariable("MESH_ROOM_MEBIBYTES") ?? "4", NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>
    /// Each room has one publisher and two subscribers. With one gateway, a message passes its sockets five times (in, to the silo, back, to two subscribers), with two or more six times,
    /// however many gateways there are: were every message sent everywhere, it would be eleven times with eight.
    /// </summary>
    [ToolsFact("ss")]
    public async Task A_rooms_traffic_touches_its_nodes_alone_and_the_whole_grows_with_the_rooms_from_one_gateway_to_eight()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Nobody, silos: 1, gateways: 1);
        using var nodes = new NodeClient(cluster);
        var ofTwo = 0d;
        foreach (var count in new[] { 1, 2, 4, 8 })
        {
            while (cluster.Gateways.Count < count) await cluster.AddGatewayAsync();
            await nodes.SeenByAllAsync(count);
            var rooms = await OpenRoomsAsync(cluster, nodes, count);
            try
            {
                await RunAsync(rooms, pipelines: 1); // grains are placed, connections opened
                var published = 0L;
                var spent = await MeasureAsync(cluster, async () => published = await RunAsync(rooms, Pipelines));
                var passes = spent.Values.Sum() / (double)published;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} gateways, {count} rooms: {published >> 20} MiB published, {spent.Values.Sum() >> 20} MiB at their sockets, {passes:0.00} for each byte published"));
                if (count == 2) ofTwo = passes;
                if (count >= 2) Assert.InRange(passes, ofTwo * 0.85, ofTwo * 1.15);
                Assert.InRange(passes, 3, 7.5);
                if (count > 2) await AssertAloneAsync(cluster, rooms[0]);
            }
            finally
            {
                foreach (var room in rooms) await room.DisposeAsync();
            }
        }
    }

    /// <summary>What is said in one room is seen at its two nodes, and the others know nothing of it but that a second has passed.</summary>
    private async Task AssertAloneAsync(Cluster cluster, RoomLoad room)
    {
        var published = 0L;
        var spent = await MeasureAsync(cluster, async () => published = await room.RunAsync(Pipelines));
        foreach (var gateway in cluster.Gateways)
        {
            var isOfRoom = room.Gateways.Contains(gateway);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  one room, {published >> 20} MiB: {spent[gateway.Id]} bytes at {(isOfRoom ? "a node of it" : "another")}"));
            if (isOfRoom) Assert.InRange(spent[gateway.Id], published * 2, published * 5);
            else Assert.InRange(spent[gateway.Id], 0, published / 8);
        }
    }

    /// <summary>As many rooms as gateways, the first node of each another one.</summary>
    private static async Task<List<RoomLoad>> OpenRoomsAsync(Cluster cluster, NodeClient nodes, int count)
    {
        var rooms = new Dictionary<MeshProcess, RoomLoad>();
        for (var i = 0; rooms.Count < count; i++)
        {
            var name = $"room-{count}-{i}";
            var gateways = await nodes.GatewaysOfAsync(cluster.Gateways[0], name);
            if (!rooms.ContainsKey(gateways[0])) rooms[gateways[0]] = await RoomLoad.OpenAsync(name, gateways);
        }

        return [.. rooms.Values];
    }

    private static async Task<long> RunAsync(IEnumerable<RoomLoad> rooms, int pipelines) => (await Task.WhenAll(rooms.Select(room => room.RunAsync(pipelines)))).Sum();

    private static async Task<Dictionary<int, long>> MeasureAsync(Cluster cluster, Func<Task> run)
    {
        int[] processes = [.. cluster.Gateways.Select(gateway => gateway.Id)];
        var before = await SocketBytes.OfAsync(processes);
        await run();
        var after = await SocketBytes.OfAsync(processes);
        return processes.ToDictionary(process => process, process => after[process] - before[process]);
    }
}
