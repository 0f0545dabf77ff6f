using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Standalone.Tests;

public sealed class DoorTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new();
    private MeshProcess _mesh = null!;

    public async Task InitializeAsync() => _mesh = await Standalone.OpenAsync(_folder.File("mesh.db"));

    public async Task DisposeAsync()
    {
        await _mesh.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Health_and_metrics_answer_on_the_http_door()
    {
        Assert.Equal("live\n", await GetAsync("healthz/live"));
        Assert.Equal("ready\n", await GetAsync("healthz/ready"));
        await using var wire = await RespWire.ConnectAsync(_mesh.Resp);
        await wire.AskAsync("XADD", "ring", "*", "name", "value");
        var metrics = await GetAsync("metrics");
        Assert.Contains("\nmesh_appends_total ", metrics);
        Assert.Contains("\nmesh_commit_duration_seconds_count ", metrics);
        Assert.Contains("\ndotnet_process_memory_working_set_bytes ", metrics);
    }

    [Fact]
    public async Task Resp_appends_and_reads()
    {
        await using var wire = await RespWire.ConnectAsync(_mesh.Resp);
        Assert.Equal("PONG", await wire.AskAsync("PING"));
        var id = await wire.AskAsync("XADD", "ring", "*", "name", "value");
        var entries = (object?[])(await wire.AskAsync("XRANGE", "ring", "-", "+"))!;
        Assert.Equal(id, ((object?[])Assert.Single(entries)!)[0]);
    }

    /// <summary>The command that the banner shows pushes and commits "hello" to queue 1.</summary>
    [Fact]
    public async Task What_rotera_pushes_is_an_entry_of_the_ring_for_Redis()
    {
        var command = _mesh.Banner.Split("try: ").Single(each => each.Contains($"/{_mesh.Rotera.Port};", StringComparison.Ordinal)).Split('\n')[0];
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true })!;
        Assert.Equal("6063977ea508edcc 0000000000000001", (await shell.StandardOutput.ReadToEndAsync()).Trim());
        await using var wire = await RespWire.ConnectAsync(_mesh.Resp);
        var entries = (object?[])(await wire.AskAsync("XRANGE", "1", "-", "+"))!;
        Assert.Equal(["data", "hello"], (object?[])((object?[])Assert.Single(entries)!)[1]!);
    }

    [Fact]
    public async Task Rse_is_one_log_at_its_root_and_under_the_http_door()
    {
        Assert.Equal(HttpStatusCode.Created, await PostEventAsync(new Uri(_mesh.Rse, "a/b"), "writer"));
        var viaHttp = await ReadEventsAsync(new Uri(_mesh.Http, "rse/a/b"));
        Assert.Contains("\"channel\":\"/a/b\"", viaHttp);
        Assert.Contains("\"data\":{ \"n\": 1 }", viaHttp);
        Assert.Equal(HttpStatusCode.Created, await PostEventAsync(new Uri(_mesh.Http, "rse/c"), "writer"));
        Assert.Contains("\"channel\":\"/c\"", await ReadEventsAsync(new Uri(_mesh.Rse, "c")));
        Assert.Equal("OK\n", await _client.GetStringAsync(new Uri(_mesh.Rse, "health")));
    }

    [Fact]
    public async Task Zaqar_posts_and_lists()
    {
        var queue = new Uri(_mesh.Http, "v2/queues/demo");
        using var created = await ZaqarAsync(HttpMethod.Put, queue, null);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        using var posted = await ZaqarAsync(HttpMethod.Post, new Uri(queue + "/messages"), new { messages = new[] { new { ttl = 60, body = "hello" } } });
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        using var listed = await ZaqarAsync(HttpMethod.Get, new Uri(queue + "/messages?echo=true"), null);
        Assert.Contains("\"hello\"", await listed.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Grpc_publishes_to_a_live_subscriber()
    {
        using var client = GrpcCalls.NewClient();
        using var subscription = await GrpcCalls.SubscribeAsync(client, _mesh.Grpc, "top");
        await using var events = await subscription.Content.ReadAsStreamAsync();
        Assert.Equal("0", await GrpcCalls.PublishAsync(client, _mesh.Grpc, "topic"));
        Assert.Equal("topic", await GrpcCalls.ReadTopicAsync(events));
    }

    private Task<string> GetAsync(string path) => _client.GetStringAsync(new Uri(_mesh.Http, path));

    private async Task<HttpStatusCode> PostEventAsync(Uri channel, string client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, channel) { Content = new StringContent("{ \"n\": 1 }", Encoding.UTF8) };
        request.Headers.UserAgent.ParseAdd($"test/1 uuid/{client}");
        using var answer = await _client.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<string> ReadEventsAsync(Uri channel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, channel);
        request.Headers.UserAgent.ParseAdd("test/1 uuid/reader");
        using var answer = await _client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpResponseMessage> ZaqarAsync(HttpMethod method, Uri uri, object? body)
    {
        using var request = new HttpRequestMessage(method, uri) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("Client-ID", "3381af92-2b9e-11e3-b191-71861300734c");
        request.Headers.Add("X-Project-ID", "demo");
        return await _client.SendAsync(request);
    }
}
