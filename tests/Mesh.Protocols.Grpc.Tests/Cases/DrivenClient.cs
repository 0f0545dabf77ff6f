using System.Text.Json;
using System.Text.Json.Nodes;
using Mesh.Testing.Tools;

namespace Mesh.Protocols.Grpc.Tests.Cases;

/// <summary>
/// A client in another language: a script that does what each line of its input asks (<c>do</c>: publish, send, end, subscribe, take, status, cancel, unknown; <c>call</c>
/// names the call) and answers it with a line, both JSON objects. What it could not do is told in <c>error</c>.
/// </summary>
public sealed class DrivenClient : IProtobusClient
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly string[] Packages = ["@grpc/grpc-js", "@grpc/proto-loader"];

    private readonly RunningScript _script;
    private readonly IDisposable? _folder;
    private int _calls;

    private DrivenClient(RunningScript script, IDisposable? folder)
    {
        _script = script;
        _folder = folder;
    }

    /// <summary>Debian's Python, with generated stubs.</summary>
    public static async Task<IProtobusClient> PythonAsync(Uri server)
    {
        var stubs = await PythonStubs.GenerateAsync();
        return new DrivenClient(new RunningScript(PythonStubs.Python, stubs.Copy("Cases", "driver.py"), server.Authority), stubs);
    }

    /// <summary>npm's, with the files loaded at run time.</summary>
    public static Task<IProtobusClient> NodeAsync(Uri server) => Task.FromResult<IProtobusClient>(
        new DrivenClient(NodePackages.Start(Packages, Path.Combine(AppContext.BaseDirectory, "Cases", "driver.js"), server.Authority, PythonStubs.Protos), null));

    public async Task<IPublishing> PublishAsync(bool isPacked = false)
    {
        var call = new Call(this, ++_calls);
        await call.AskAsync("publish", new JsonObject { ["packed"] = isPacked });
        return call;
    }

    public async Task<ISubscription> SubscribeAsync(string[] topics, int historyDepth = 0, TimeSpan? deadline = null)
    {
        var call = new Call(this, ++_calls);
        await call.AskAsync("subscribe", new JsonObject
        {
            ["topics"] = JsonSerializer.SerializeToNode(topics),
            ["depth"] = historyDepth,
            ["deadline"] = deadline?.TotalSeconds,
        });
        return call;
    }

    public async Task<int> CallUnknownAsync() => (int)(await AskAsync("unknown", 0, []))["code"]!;

    public ValueTask DisposeAsync()
    {
        _script.Dispose();
        _folder?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<JsonNode> AskAsync(string action, int call, JsonObject more)
    {
        more["do"] = action;
        more["call"] = call;
        var answer = JsonNode.Parse(await _script.AskAsync(more.ToJsonString()))!;
        return answer["error"] is { } error ? throw new InvalidOperationException($"The client could not {action}: {error}") : answer;
    }

    private sealed class Call(DrivenClient client, int number) : IPublishing, ISubscription
    {
        public Task<JsonNode> AskAsync(string action, JsonObject more) => client.AskAsync(action, number, more);

        public Task SendAsync(params CaseEvent[] events) => AskAsync("send", new JsonObject { ["events"] = JsonSerializer.SerializeToNode(events, Json) });

        async Task<PublishEnd> IPublishing.EndAsync() => (await AskAsync("end", [])).Deserialize<PublishEnd>(Json)!;

        public async Task<IReadOnlyList<CaseEvent>> TakeAsync(int count) =>
            (await AskAsync("take", new JsonObject { ["count"] = count }))["events"].Deserialize<CaseEvent[]>(Json)!;

        async Task<int> ISubscription.EndAsync() => (int)(await AskAsync("status", []))["code"]!;

        public Task CancelAsync() => AskAsync("cancel", []);

        public async ValueTask DisposeAsync() => await CancelAsync();
    }
}
