using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Mesh.Protocols.Resp.Sockets;

/// <summary>A socket served by an event loop. Made and received from on the loop's thread; sent to and closed on any.</summary>
internal sealed class EventLoopWire : Wire, IValueTaskSource<int>
{
    private const uint Ending = LinuxCalls.PeerHangUp | LinuxCalls.HangUp | LinuxCalls.Error;
    private const uint Readable = LinuxCalls.In | Ending;
    private const uint Writable = LinuxCalls.Out | LinuxCalls.HangUp | LinuxCalls.Error;

    private static readonly SendOrPostCallback ReceiveMore = static wire => ((EventLoopWire)wire!).Receive();

    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly EventLoop _loop;
    private readonly long _id;
    private ManualResetValueTaskSourceCore<int> _received;
    private Memory<byte> _into;
    private CancellationToken _stop;
    private CancellationTokenRegistration _onStop;
    private TaskCompletionSource? _whenWritable;
    private bool _isReceiving;
    private bool _isReadable;
    private bool _isEnding;

    public EventLoopWire(Socket socket, EventLoop loop)
    {
        (_socket, _handle, _loop) = (socket, socket.SafeHandle, loop);
        Peer = socket.RemoteEndPoint?.ToString() ?? "";
        Local = socket.LocalEndPoint?.ToString() ?? "";
        _id = loop.Add(this, _handle);
    }

    public override string Peer { get; }

    public override string Local { get; }

    public override ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken stop)
    {
        if (stop.IsCancellationRequested) return ValueTask.FromCanceled<int>(stop);
        if (stop != _stop) Heed(stop);
        _received.Reset();
        _into = into;
        _isReceiving = true;

        // Others have their turn before the next piece of one that sends without a pause.
        if (_isReadable) _loop.Post(ReceiveMore, this);
        return new ValueTask<int>(this, _received.Version);
    }

    public override async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            if (Send(bytes.Span) is { } sent) return sent;
            var writable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _whenWritable, writable);
            if (Send(bytes.Span) is { } late) return late; // it may have become writable before it was known who waits
            await writable.Task.ConfigureAwait(false);
        }
    }

    /// <summary>On the loop's thread: the socket is ready for something it was not ready for before.</summary>
    public void OnReady(uint events)
    {
        if ((events & Writable) != 0) Interlocked.Exchange(ref _whenWritable, null)?.TrySetResult();
        if ((events & Ending) != 0) _isEnding = true;
        if ((events & Readable) == 0) return;
        _isReadable = true;
        Receive();
    }

    /// <summary>On any thread. A receive that waits ends; a send that waits fails.</summary>
    public override void Dispose()
    {
        _socket.Dispose();
        Interlocked.Exchange(ref _whenWritable, null)?.TrySetResult();
        _loop.Post(static wire => ((EventLoopWire)wire!).End(), this);
    }

    int IValueTaskSource<int>.GetResult(short token) => _received.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _received.GetStatus(token);

    /// <summary>What waits is always run on the loop's thread, and at once.</summary>
    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _received.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private static SocketException Broken(int error) => error switch
    {
        104 => new SocketException((int)SocketError.ConnectionReset),
        110 => new SocketException((int)SocketError.TimedOut),
        32 => new SocketException((int)SocketError.Shutdown),
        _ => new SocketException((int)SocketError.SocketError, $"The system reports error {error}."),
    };

    private void Heed(CancellationToken stop)
    {
        _onStop.Unregister();
        _stop = stop;
        _onStop = stop.UnsafeRegister(static wire => ((EventLoopWire)wire!)._loop.Post(static wire => ((EventLoopWire)wire!).Stop(), wire), this);
    }

    private void Stop()
    {
        if (_isReceiving && _stop.IsCancellationRequested) Fail(new OperationCanceledException(_stop));
    }

    private void End()
    {
        _loop.Remove(_id);
        _onStop.Unregister();
        _isReadable = true; // whoever receives later hears that it is closed
        if (_isReceiving) Fail(new ObjectDisposedException(nameof(Socket)));
    }

    private void Fail(Exception reason)
    {
        _isReceiving = false;
        _received.SetException(reason);
    }

    private unsafe void Receive()
    {
        if (!_isReceiving || !_isReadable) return;
        nint count;
        int error;
        try
        {
            fixed (byte* into = _into.Span) count = LinuxCalls.Receive(_handle, into, _into.Length, LinuxCalls.SocketFlags);
            error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        catch (ObjectDisposedException closed)
        {
            Fail(closed);
            return;
        }

        if (error == LinuxCalls.Interrupted)
        {
            _loop.Post(ReceiveMore, this);
            return;
        }

        // Less than there was room for: that was all, and more will be told. An end told together with it will not be told again.
        if ((count < _into.Length && !_isEnding) || error == LinuxCalls.Again) _isReadable = false;
        if (error == LinuxCalls.Again) return;
        if (error != 0)
        {
            Fail(Broken(error));
            return;
        }

        _isReceiving = false;
        _received.SetResult((int)count);
    }

    /// <returns>Null when the socket takes nothing now.</returns>
    private unsafe int? Send(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            nint count;
            fixed (byte* from = bytes) count = LinuxCalls.Send(_handle, from, bytes.Length, LinuxCalls.SocketFlags);
            if (count >= 0) return (int)count;
            var error = Marshal.GetLastPInvokeError();
            if (error == LinuxCalls.Again) return null;
            if (error != LinuxCalls.Interrupted) throw Broken(error);
        }
    }
}
