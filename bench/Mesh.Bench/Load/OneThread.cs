using System.Diagnostics;
using System.Net.Sockets;
using Mesh.Protocols.Resp.Sockets;

namespace Mesh.Bench.Load;

/// <summary>A connection of a load.</summary>
internal interface IConnection
{
    Socket Socket { get; }

    /// <summary>Something has come: takes it, and sends what follows from it.</summary>
    void GoOn();
}

/// <summary>
/// Serves all connections of a load with the caller's thread, as <c>redis-benchmark</c> does: with a thread pool and its wake-ups the tool took more of the cores
/// than either server, and so did a look at each of two thousand sockets in turn. Disposes of the connections with itself.
/// </summary>
internal sealed class OneThread : IDisposable
{
    private const int AnswerMaxMilliseconds = 60_000;
    private readonly PolledEvents _ready = new(512);
    private readonly IConnection[] _connections;
    private readonly int _epoll = LinuxCalls.EpollCreate(LinuxCalls.CloseOnExec);

    public OneThread(IEnumerable<IConnection> connections)
    {
        _connections = [.. connections];
        for (var i = 0; i < _connections.Length; i++) Watch(_connections[i].Socket.SafeHandle, i);
    }

    /// <summary>Lets each connection go on that something has come for, while <paramref name="isOn"/> says so.</summary>
    /// <exception cref="InvalidOperationException">Nothing has come on any connection for a minute.</exception>
    public void Serve(Func<bool> isOn)
    {
        while (isOn())
            for (var i = Wait() - 1; i >= 0; i--) _connections[_ready.IdAt(i)].GoOn();
    }

    /// <inheritdoc cref="Serve(Func{bool})"/>
    public void Serve(TimeSpan duration)
    {
        var since = Stopwatch.GetTimestamp();
        Serve(() => Stopwatch.GetElapsedTime(since) < duration);
    }

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Socket.Dispose();
        _ = LinuxCalls.Close(_epoll);
    }

    private unsafe void Watch(SafeSocketHandle socket, long id)
    {
        if (LinuxCalls.EpollControl(_epoll, LinuxCalls.Add, socket, PolledEvents.One(LinuxCalls.In, id).Pointer) < 0)
            throw new InvalidOperationException("The system watches no more sockets.");
    }

    private unsafe int Wait()
    {
        int count;
        do count = LinuxCalls.EpollWait(_epoll, _ready.Pointer, _ready.Count, AnswerMaxMilliseconds);
        while (count < 0); // interrupted
        return count > 0 ? count : throw new InvalidOperationException($"The server has answered nobody for {AnswerMaxMilliseconds / 1000} s.");
    }
}
