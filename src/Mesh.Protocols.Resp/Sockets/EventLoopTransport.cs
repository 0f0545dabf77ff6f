using System.Net.Sockets;

namespace Mesh.Protocols.Resp.Sockets;

/// <summary>A few event loops that take connections in turn.</summary>
internal sealed class EventLoopTransport : Transport
{
    private readonly EventLoop[] _loops;
    private uint _next;

    public EventLoopTransport(int count) => _loops = [.. Enumerable.Range(1, count).Select(number => new EventLoop($"mesh-resp-{number}"))];

    public override Task RunAsync(Socket socket, Func<Wire, Task> serve)
    {
        var loop = _loops[Interlocked.Increment(ref _next) % _loops.Length];
        var ended = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => ended.SetResult(ServeAsync(socket, loop, serve)), null);
        return ended.Task.Unwrap();
    }

    public override void Dispose()
    {
        foreach (var loop in _loops) loop.Dispose();
    }

    private static async Task ServeAsync(Socket socket, EventLoop loop, Func<Wire, Task> serve)
    {
        using var wire = new EventLoopWire(socket, loop);
        await serve(wire);
    }
}
