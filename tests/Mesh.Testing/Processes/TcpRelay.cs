using System.Net;
using System.Net.Sockets;

namespace Mesh.Testing.Processes;

/// <summary>
/// Stands between a process and a server it connects to. Cut, it carries nothing, not even that an end was closed, as a partitioned network; healed, it first
/// delivers what it held. Thread-safe.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = new();
    private volatile TaskCompletionSource _holding = new();
    private volatile CancellationTokenSource _connections = new();

    public TcpRelay(IPEndPoint server)
    {
        _server = server;
        _open.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Cuts it, and waits until something has come that it holds.</summary>
    public Task CutAsync()
    {
        var holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _holding = holding;
        _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return holding.Task;
    }

    public void Heal() => _open.TrySetResult();

    /// <summary>Breaks every connection that there is; whoever connects again is carried.</summary>
    public void Drop()
    {
        var broken = _connections;
        _connections = new CancellationTokenSource();
        broken.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // It is disposed of.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        var connections = _connections.Token;
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await OpenAsync();
                await server.ConnectAsync(_server, _stop.Token);
                await await Task.WhenAny(CarryAsync(client, server), CarryAsync(server, client)).WaitAsync(connections);
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException or IOException)
            {
                // One of the two is gone: then the other learns of it.
            }
        }
    }

    private async Task CarryAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var count = await ReadAsync(from.GetStream(), buffer);
            await OpenAsync();
            if (count == 0) return;
            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private Task OpenAsync()
    {
        var open = _open.Task;
        if (!open.IsCompleted) _holding.TrySetResult();
        return open.WaitAsync(_stop.Token);
    }

    /// <returns>0 at the end, however that came.</returns>
    private async Task<int> ReadAsync(NetworkStream from, byte[] buffer)
    {
        try
        {
            return await from.ReadAsync(buffer, _stop.Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
