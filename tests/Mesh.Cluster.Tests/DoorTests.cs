using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>What goes in at one gateway comes out at the other.</summary>
public sealed class DoorTests(TwoByTwo processes) : IClassFixture<TwoByTwo>
{
    private readonly HttpClient _client = new();

    private MeshProcess First => processes.Cluster.Gateways[0];

    private MeshProcess Second => processes.Cluster.Gateways[1];

    [ToolsFact("redis-cli")]
    public async Task Redis_cli_appends_here_and_reads_there()
    {
        var id = (await RedisAsync(First, "XADD", "hello", "*", "text", "world")).Trim();
        Assert.Equal($"hello\n{id}\ntext\nworld\n", await RedisAsync(Second, "XREAD", "STREAMS", "hello", "0"));
    }

    [ToolsFact("curl")]
    public async Task Curl_posts_an_event_here_and_reads_it_there()
    {
        await CurlAsync("-A", "me/1 uuid/1", "-d", """{"hello":"world"}""", new Uri(First.Rse, "hello").ToString());
        Assert.Contains("""
            "data":{"hello":"world"}
            """, await CurlAsync("-A", "you/1 uuid/2", new Uri(Second.Rse, "hello").ToString()));
    }

    [ToolsFact("curl")]
    public async Task Curl_posts_a_message_here_and_claims_it_there()
    {
        string[] headers = ["-H", "Client-ID: 3381af92-2b9e-11e3-b191-71861300734c", "-H", "X-Project-ID: demo", "-H", "Content-Type: application/json"];
        await CurlAsync([.. headers, "-X", "PUT", new Uri(First.Http, "v2/queues/jobs").ToString()]);
        await CurlAsync([.. headers, "-d", """{"messages":[{"ttl":300,"body":{"text":"world"}}]}""", new Uri(First.Http, "v2/queues/jobs/messages").ToString()]);
        var claims = new Uri(Second.Http, "v2/queues/jobs/claims").ToString();
        Assert.Contains("""
            "body":{"text":"world"}
            """, await CurlAsync([.. headers, "-d", """{"ttl":300,"grace":60}""", claims]));
        Assert.Equal("", await CurlAsync([.. headers, "-d", """{"ttl":300,"grace":60}""", new Uri(First.Http, "v2/queues/jobs/claims").ToString()]));
    }

    [PostgresFact]
    public async Task Grpc_publishes_here_to_a_live_subscriber_there()
    {
        using var client = GrpcCalls.NewClient();
        using var subscription = await GrpcCalls.SubscribeAsync(client, Second.Grpc, "top");
        await using var events = await subscription.Content.ReadAsStreamAsync();
        Assert.Equal("0", await GrpcCalls.PublishAsync(client, First.Grpc, "topic"));
        Assert.Equal("topic", await GrpcCalls.ReadTopicAsync(events));
    }

    [PostgresFact]
    public async Task A_room_spans_the_gateways()
    {
        await using var subscriber = await RespWire.ConnectAsync(Second.Resp);
        await subscriber.AskAsync("SUBSCRIBE", "room");
        await using var publisher = await RespWire.ConnectAsync(First.Resp);
        Assert.Equal(1L, await publisher.AskAsync("PUBLISH", "room", "hello"));
        Assert.Equal(["message", "room", "hello"], (object?[])(await subscriber.ReadAsync())!);
    }

    [PostgresFact]
    public async Task Health_and_metrics_answer_at_silos_and_gateways()
    {
        foreach (var process in processes.Cluster.Silos.Concat(processes.Cluster.Gateways))
        {
            Assert.Equal("live\n", await _client.GetStringAsync(new Uri(process.Http, "healthz/live")));
            await Eventually.TrueAsync(async () => await ReadyAsync(process) == "ready\n", "the process is ready: its first commit opens a stream");
        }

        await using var wire = await RespWire.ConnectAsync(First.Resp);
        await wire.AskAsync("XADD", "measured", "*", "name", "value");
        var metrics = await Task.WhenAll(processes.Cluster.Silos.Select(silo => _client.GetStringAsync(new Uri(silo.Http, "metrics"))));
        Assert.Contains(metrics, text => text.Contains("\nmesh_commit_duration_seconds_count ", StringComparison.Ordinal));
        using var missing = await _client.GetAsync(new Uri(processes.Cluster.Silos[0].Http, "v2/queues"));
        Assert.Equal(404, (int)missing.StatusCode);
    }

    private async Task<string> ReadyAsync(MeshProcess process)
    {
        using var answer = await _client.GetAsync(new Uri(process.Http, "healthz/ready"));
        return await answer.Content.ReadAsStringAsync();
    }

    private static Task<string> RedisAsync(MeshProcess gateway, params string[] words) => Command.RunAsync(
        Path.GetTempPath(), "redis-cli", ["-h", gateway.Resp.Address.ToString(), "-p", $"{gateway.Resp.Port}", .. words]);

    private static Task<string> CurlAsync(params string[] words) => Command.RunAsync(Path.GetTempPath(), "curl", ["-sS", .. words]);
}
