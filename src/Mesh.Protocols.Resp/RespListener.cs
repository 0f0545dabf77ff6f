using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Mesh.Addresses;
using Mesh.Protocols.Resp.Commands;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Nodes;
using Mesh.Protocols.Resp.Sockets;
using Mesh.Topics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Protocols.Resp;

/// <summary>
/// Accepts RESP connections on one address. A socket loop of its own: behind the web server's connection handlers a request changes threads twice, which
/// costs more than the whole command (bench/README.md, "PUBLISH"). On Linux event loops serve the sockets, elsewhere the framework does.
/// </summary>
public sealed partial class RespListener : IAsyncDisposable
{
    private const int Backlog = 511;

    /// <summary>How long no one is accepted after an accept failed, which is mostly for want of file handles.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan IdleCheckInterval = TimeSpan.FromSeconds(1);

    private readonly IMesh _mesh;
    private readonly AddressResolver _addresses;
    private readonly RespOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CommandTable _commands = new();
    private readonly Transport _transport;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, Task> _connections = new();
    private readonly RespClients _clients;
    private readonly Task _accepting;
    private readonly Task _watching;
    private readonly Task _beating;

    private RespListener(Socket listener, IMesh mesh, AddressResolver addresses, RespOptions options, TimeProvider clock, ILogger log)
    {
        _listener = listener;
        _mesh = mesh;
        _addresses = addresses;
        _options = options;
        _clock = clock;
        _log = log;
        _transport = Transport.Of(options.EventLoops);
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _clients = new RespClients(options, mesh, clock);
        Node = new RespNode(Advertised.NodeOf(options, EndPoint), mesh.Nodes, _clients, clock, log);
        _beating = Task.Run(() => Node.RunAsync(_stop.Token));
        _watching = WatchIdleAsync();
        _accepting = Task.Run(AcceptAsync); // not in the starter's synchronization context, which would take a turn for every read
    }

    /// <summary>Where it listens, with the port that was given for port 0.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>What it is to clients of rooms.</summary>
    public RespNode Node { get; }

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="SocketException">The address is taken, or not this machine's.</exception>
    public static RespListener Start(
        IPEndPoint endPoint, IMesh mesh, RespOptions? options = null, TimeProvider? clock = null, ILogger<RespListener>? log = null, TopicPartitions? topics = null)
    {
        options ??= new RespOptions();
        options.Check();
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6) listener.DualMode = true;
            listener.Bind(endPoint);
            listener.Listen(Backlog);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        var addresses = new AddressResolver(mesh, topics ?? new TopicPartitions(mesh, TopicHomes.Default));
        return new RespListener(listener, mesh, addresses, options, clock ?? TimeProvider.System, log ?? NullLogger<RespListener>.Instance);
    }

    /// <summary>Accepts nobody any more, and ends each connection when the commands it has sent are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await _watching;
        await _beating;

        // Never inline: the last connection ends on the very thread whose end is waited for next.
        await Task.WhenAll(_connections.Values).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        _transport.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException failure)
            {
                // One client left before it was accepted, or there are no more file handles: others may be served.
                LogAcceptFailed(_log, failure.Message);
                await Task.Delay(PauseAfterFailure, _clock).WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            Serve(socket);
        }
    }

    private async Task WatchIdleAsync()
    {
        using var timer = new PeriodicTimer(IdleCheckInterval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false)) _clients.CutOffOverdue();
        }
        catch (OperationCanceledException)
        {
            // The door closes.
        }
    }

    private void Serve(Socket socket)
    {
        if (_connections.Count >= _options.ConnectionsMax)
        {
            _clients.Reject();
            _ = RefuseAsync(socket);
            return;
        }

        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[socket] = ServeAsync(socket, started.Task);
        started.SetResult();
    }

    private async Task ServeAsync(Socket socket, Task started)
    {
        await started;
        RespMetrics.Connected(1);
        try
        {
            using (socket)
            {
                socket.NoDelay = true;
                await _transport.RunAsync(socket, RunAsync);
            }
        }
        catch (Exception fault)
        {
            LogFault(_log, fault); // one connection's end must not be the end of the others
        }
        finally
        {
            RespMetrics.Connected(-1);
            _connections.TryRemove(socket, out _);
        }
    }

    private async Task RunAsync(Wire wire)
    {
        using var connection = new RespConnection(wire, _mesh, _addresses, _options, _commands, _clients, Node, _clock);
        await connection.RunAsync(_stop.Token);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A RESP connection was not accepted: {Reason}")]
    private static partial void LogAcceptFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A RESP connection was closed by a fault of the server")]
    private static partial void LogFault(ILogger log, Exception fault);

    private static async Task RefuseAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await socket.SendAsync("-ERR max number of clients reached\r\n"u8.ToArray(), SocketFlags.None);
            }
            catch (SocketException)
            {
                // It has left by itself.
            }
        }
    }
}
