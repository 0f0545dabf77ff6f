using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Mesh.Protocols.Http.Zaqar.Sockets;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>A client over a WebSocket, in JSON or in MessagePack.</summary>
internal sealed class SocketCaller : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly bool _isText;
    private readonly string _headers;

    private SocketCaller(string project, bool isText) => (_headers, _isText) = (HeadersOf(project), isText);

    /// <summary>What a client sends with every action, as it stands in its answer.</summary>
    public static string HeadersOf(string project) => $$"""{"Client-ID":"6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10","X-Project-ID":"{{project}}"}""";

    public static async Task<SocketCaller> OpenAsync(ZaqarDoor door, bool isText = true, string? origin = null)
    {
        var caller = new SocketCaller(door.Project, isText);
        if (origin is not null) caller._socket.Options.SetRequestHeader("Origin", origin);
        await caller._socket.ConnectAsync(new UriBuilder(door.Address) { Scheme = "ws" }.Uri, CancellationToken.None);
        return caller;
    }

    /// <summary>Sends an action with a body in JSON, and waits for the answer.</summary>
    public async Task<JsonNode> AskAsync(string action, string body = "{}")
    {
        await SendAsync($$"""{"action":"{{action}}","body":{{body}},"headers":{{_headers}}}""");
        return await ReceiveAsync();
    }

    public async Task SendAsync(string frame)
    {
        var bytes = _isText ? Encoding.UTF8.GetBytes(frame) : MessagePackCodec.Write(JsonNode.Parse(frame));
        await _socket.SendAsync(bytes, _isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, CancellationToken.None);
    }

    public async Task<JsonNode> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        var read = await _socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(WaitMax);
        var answer = read.MessageType == WebSocketMessageType.Text ? JsonNode.Parse(buffer.AsSpan(0, read.Count)) : MessagePackCodec.Read(buffer.AsSpan(0, read.Count));

        // Numbers read from JSON can be had as any type.
        return JsonNode.Parse(answer!.ToJsonString())!;
    }

    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public void Dispose() => _socket.Dispose();
}
