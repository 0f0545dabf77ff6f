using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Mesh.Testing;
using Mesh.Testing.Processes;

namespace Mesh.Cluster.Tests;

/// <summary>Asks gateways over HTTP who the nodes are and where rooms are.</summary>
internal sealed class NodeClient(Cluster cluster) : IDisposable
{
    private readonly HttpClient _client = new();

    /// <summary>The nodes as one gateway shows them.</summary>
    public async Task<JsonArray> NodesAsync(MeshProcess gateway) => (await _client.GetFromJsonAsync<JsonArray>(new Uri(gateway.Http, "nodes")))!;

    /// <summary>The gateways of a room, in its order.</summary>
    public async Task<MeshProcess[]> GatewaysOfAsync(MeshProcess asked, string room) => GatewaysIn((await _client.GetFromJsonAsync<JsonNode>(RoomOf(asked, room)))!);

    /// <summary>Pins a room to gateways, in this order.</summary>
    public async Task<MeshProcess[]> PinAsync(MeshProcess asked, string room, params MeshProcess[] gateways)
    {
        var nodes = await NodesAsync(asked);
        string[] ids = [.. gateways.Select(gateway => (string)nodes.Single(node => (int)node!["port"]! == gateway.Resp.Port)!["id"]!)];
        using var answer = await _client.PutAsJsonAsync(RoomOf(asked, room), new { nodes = ids });
        return GatewaysIn((await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!);
    }

    /// <returns>Whether it was pinned.</returns>
    public async Task<bool> UnpinAsync(MeshProcess asked, string room)
    {
        using var answer = await _client.DeleteAsync(RoomOf(asked, room));
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Waits until the doors of all gateways show so many nodes in CLUSTER INFO, which is their copy of the table.</summary>
    public async Task SeenByAllAsync(int count)
    {
        foreach (var gateway in cluster.Gateways.Where(gateway => !gateway.HasEnded))
        {
            await using var wire = await RespWire.ConnectAsync(gateway.Resp);
            var line = string.Create(CultureInfo.InvariantCulture, $"cluster_known_nodes:{count}\r\n");
            await Eventually.TrueAsync(async () => ((string)(await wire.AskAsync("CLUSTER", "INFO"))!).Contains(line, StringComparison.Ordinal), $"a gateway knows of {count} nodes");
        }
    }

    public void Dispose() => _client.Dispose();

    private static Uri RoomOf(MeshProcess asked, string room) => new(asked.Http, "rooms/" + Uri.EscapeDataString(room));

    private MeshProcess[] GatewaysIn(JsonNode room) =>
        [.. room["nodes"]!.AsArray().Select(node => cluster.Gateways.Single(gateway => gateway.Resp.Port == (int)node!["port"]!))];
}
