using System.Net.WebSockets;
using System.Text.Json;

namespace Mesh.Testing.Doors;

/// <summary>Any stream, by its address over a WebSocket, which only follows.</summary>
public sealed class SocketStreamDoor(Uri http, string address) : StreamDoor
{
    public override bool Publishes => false;

    public override bool Reads => false;

    public override Task PublishAsync(int number) => throw new NotSupportedException();

    public override Task<IReadOnlyList<Seen>> ReadAsync(int records) => throw new NotSupportedException();

    public override async Task<StreamTail?> TailAsync()
    {
        var socket = new ClientWebSocket();
        using var timeout = new CancellationTokenSource(WaitMax);
        await socket.ConnectAsync(new UriBuilder(new Uri(http, $"mesh/v1/streams/{Uri.EscapeDataString(address)}/tail?from=1")) { Scheme = "ws" }.Uri, timeout.Token);
        return new SocketTail(socket);
    }

    private sealed class SocketTail(ClientWebSocket socket) : StreamTail
    {
        private readonly byte[] _frame = new byte[64 * 1024];

        public override ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }

        protected override async Task<Seen> TakeAsync()
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult read;
                do
                {
                    read = await socket.ReceiveAsync(_frame.AsMemory(length), default);
                    length += read.Count;
                }
                while (!read.EndOfMessage);
                using var record = JsonDocument.Parse(_frame.AsMemory(0, length));
                if (record.RootElement.TryGetProperty("sequence", out _)) return MeshHttpDoor.OneOf(record.RootElement);
            }
        }
    }
}
