using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>As much of memcached as answers <c>get</c>, and tells what it was asked.</summary>
internal sealed class FakeMemcached : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly Task _accepting;

    public FakeMemcached()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public DnsEndPoint Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    public ConcurrentDictionary<string, string> Entries { get; } = new();

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Closes all connections, as a server does that restarts.</summary>
    public void CloseAll()
    {
        while (_clients.TryTake(out var client)) client.Close();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        CloseAll();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
            while (await reader.ReadLineAsync() is { } line)
            {
                var key = line.Split(' ')[1];
                Asked.Enqueue(key);
                await writer.WriteAsync(Entries.TryGetValue(key, out var value) ? $"VALUE {key} 0 {value.Length}\r\n{value}\r\nEND\r\n" : "END\r\n");
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
