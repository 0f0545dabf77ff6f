using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mesh.Protocols.Resp.Sockets;

/// <summary>
/// One thread that serves many sockets: it waits for all of them at once, receives, runs what waits for that, and goes on. It is the synchronization context of
/// its connections, so whatever they wait for takes them up again here. Compared with the framework's sockets a request costs no change of thread, and one system
/// call less; many requests that come together, or whose commit ends together, share one wake-up (bench/README.md). Nothing run here may block.
/// </summary>
internal sealed class EventLoop : SynchronizationContext, IDisposable
{
    private const int EventsMax = 256;
    private const long WakeId = 0;

    /// <summary>How long the thread looks for more before it sleeps, in microseconds: about as long as a commit takes from the first append to the answer.</summary>
    private const long AwakeMicros = 300;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly PolledEvents _events = new(EventsMax);
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private readonly Dictionary<long, EventLoopWire> _wires = [];
    private readonly Thread _thread;
    private long _lastId = WakeId;
    private int _isAsleep;
    private volatile bool _isStopping;

    public EventLoop(string name)
    {
        _epoll = Check(LinuxCalls.EpollCreate(LinuxCalls.CloseOnExec));
        _wake = Check(LinuxCalls.EventDescriptor(0, LinuxCalls.CloseOnExec | LinuxCalls.NonBlocking));
        unsafe
        {
            // Each write is an edge of its own, so that the count need never be read.
            Check(LinuxCalls.EpollControl(_epoll, LinuxCalls.Add, _wake, PolledEvents.One(LinuxCalls.In | LinuxCalls.EdgeTriggered, WakeId).Pointer));
        }

        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Runs something on the loop's thread, after what was posted before. Thread-safe.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        _posted.Enqueue((d, state));
        if (Thread.CurrentThread != _thread && Interlocked.Exchange(ref _isAsleep, 0) == 1) Wake();
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("An event loop is not waited for.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>On the loop's thread: has <paramref name="wire"/> told of what its socket is ready for, from now on.</summary>
    /// <returns>The id to remove it by.</returns>
    public long Add(EventLoopWire wire, SafeSocketHandle socket)
    {
        var id = ++_lastId;
        _wires.Add(id, wire);
        const uint Events = LinuxCalls.In | LinuxCalls.Out | LinuxCalls.PeerHangUp | LinuxCalls.EdgeTriggered;
        unsafe
        {
            Check(LinuxCalls.EpollControl(_epoll, LinuxCalls.Add, socket, PolledEvents.One(Events, id).Pointer));
        }

        return id;
    }

    /// <summary>On the loop's thread: tells of nothing more. The socket's closing ends the watch itself.</summary>
    public void Remove(long id) => _wires.Remove(id);

    /// <summary>Ends the thread when it has run what was posted. Not on the loop's thread.</summary>
    public void Dispose()
    {
        _isStopping = true;
        Wake();
        _thread.Join();
        _ = LinuxCalls.Close(_wake);
        _ = LinuxCalls.Close(_epoll);
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private void Run()
    {
        SetSynchronizationContext(this);
        while (!_isStopping || !_posted.IsEmpty)
        {
            var ready = WaitAwake();
            if (ready == 0 && _posted.IsEmpty) ready = WaitAsleep();
            PushTurn.Begin();
            Tell(ready);
            RunPosted();
            PushTurn.End();
        }
    }

    /// <summary>Looks again for a short while, and lets other threads run: what comes next is often an answer of the store's, and waking up takes longer.</summary>
    private int WaitAwake()
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var ready = Wait(timeoutMilliseconds: 0);
            if (ready > 0 || !_posted.IsEmpty || _isStopping || Stopwatch.GetElapsedTime(since).TotalMicroseconds > AwakeMicros) return ready;
            Thread.Yield();
        }
    }

    private int WaitAsleep()
    {
        // Said before the last look: whoever posts after it wakes the thread.
        Interlocked.Exchange(ref _isAsleep, 1);
        var ready = Wait(_posted.IsEmpty && !_isStopping ? Timeout.Infinite : 0);
        Volatile.Write(ref _isAsleep, 0);
        return ready;
    }

    private void RunPosted()
    {
        // What is posted meanwhile has its turn after the sockets.
        for (var count = _posted.Count; count > 0 && _posted.TryDequeue(out var posted); count--) posted.Callback(posted.State);
    }

    private unsafe int Wait(int timeoutMilliseconds)
    {
        var count = LinuxCalls.EpollWait(_epoll, _events.Pointer, _events.Count, timeoutMilliseconds);
        return count >= 0 ? count : Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted ? 0 : Check(count);
    }

    private void Tell(int count)
    {
        for (var i = 0; i < count; i++)
            if (_wires.TryGetValue(_events.IdAt(i), out var wire)) wire.OnReady(_events.EventsAt(i));
    }

    private unsafe void Wake()
    {
        long one = 1;
        _ = LinuxCalls.Write(_wake, &one, sizeof(long));
    }
}
