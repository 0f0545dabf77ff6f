using System.Net.Sockets;
using Mesh.Protocols.Resp.Sockets;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>
/// What waits to be sent on one socket. Anybody may add; one send at a time is under way, and takes with it all that was added before it. Bytes that wait
/// are bounded by the class of the client: a peer that does not read is cut off. Thread-safe.
/// </summary>
internal sealed class Outbound(Wire wire, OutputLimits limits, TimeProvider clock) : IOwed
{
    private readonly Lock _gate = new();
    private RespBuffer _filling = new();
    private RespBuffer _sending = new();
    private TaskCompletionSource? _drained;
    private long _softSince;
    private int _unlimitedFilling;
    private int _unlimitedSending;
    private bool _isSending;
    private bool _isFlushOwed;
    private bool _isClosed;
    private volatile bool _isSubscriber;

    /// <summary>The client has subscriptions, and the limits of those who have.</summary>
    public bool IsSubscriber
    {
        get => _isSubscriber;
        set => _isSubscriber = value;
    }

    /// <summary>Bytes that wait to be sent.</summary>
    public int WaitingBytes
    {
        get
        {
            lock (_gate) return (int)Waiting;
        }
    }

    private OutputLimit Limit => _isSubscriber ? limits.Subscribers : limits.Normal;

    private long Waiting => (long)_filling.Length + (_isSending ? _sending.Length : 0);

    /// <summary>What the limits count: not what its sender bounds by itself.</summary>
    private long Limited => Waiting - _unlimitedFilling - (_isSending ? _unlimitedSending : 0);

    /// <summary>Adds replies, to be sent with the next <see cref="Flush"/>.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _filling.Raw(bytes);
            CutOffBeyond(Limit);
        }
    }

    /// <summary>Adds what the client asked for and whose sender sees to it that it is not too much.</summary>
    public void AddUnlimited(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _filling.Raw(bytes);
            _unlimitedFilling += bytes.Length;
        }
    }

    /// <summary>Cuts the client off when too much has waited for too long, although nothing is added.</summary>
    public void CutOffIfSlow()
    {
        lock (_gate)
        {
            if (!_isClosed) CutOffBeyond(Limit);
        }
    }

    /// <summary>Adds a push.</summary>
    /// <returns>True when the caller owes a flush: nobody else has promised one since the last.</returns>
    public bool AddPush(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isClosed) return false;
            _filling.Raw(bytes);
            if (CutOffBeyond(Limit) || _isFlushOwed) return false;
            return _isFlushOwed = true;
        }
    }

    /// <summary>Sends what waits, unless a send is under way that will go on with it.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _isFlushOwed = false;
            if (_isSending || _isClosed || _filling.Length == 0) return;
            _isSending = true;
            Swap();
        }

        _ = SendAsync();
    }

    /// <summary>Ends when at most <paramref name="bytes"/> wait, so that a peer that sends and does not read is not read from either.</summary>
    public Task WhenBelowAsync(int bytes)
    {
        lock (_gate)
        {
            if (_isClosed || !_isSending || _filling.Length <= bytes) return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Ends when all was sent, or cannot be.</summary>
    public Task WhenSentAsync()
    {
        lock (_gate)
        {
            if (_isClosed || !_isSending) return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _drained?.TrySetResult();
            _filling.Dispose();
            if (!_isSending) _sending.Dispose();
        }

        wire.Dispose();
    }

    private bool CutOffBeyond(OutputLimit limit)
    {
        if (!IsBeyond(limit)) return false;
        RespMetrics.CutOff();
        Close();
        return true;
    }

    private bool IsBeyond(OutputLimit limit)
    {
        var waiting = Limited;
        if (limit.HardBytes > 0 && waiting > limit.HardBytes) return true;
        if (limit.SoftBytes == 0 || waiting <= limit.SoftBytes)
        {
            _softSince = 0;
            return false;
        }

        if (_softSince == 0) _softSince = clock.GetTimestamp();
        return clock.GetElapsedTime(_softSince) > limit.SoftTime;
    }

    private async Task SendAsync()
    {
        try
        {
            do
            {
                var left = _sending.WrittenMemory;
                while (left.Length > 0) left = left[await wire.SendAsync(left).ConfigureAwait(false)..];
            }
            while (TakeNext());
        }
        catch (Exception reason) when (reason is SocketException or ObjectDisposedException)
        {
            // The peer has gone; its reader finds that out too.
            Close();
        }
    }

    private bool TakeNext()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                _sending.Dispose();
                return false;
            }

            _sending.Clear();
            if (_filling.Length - _unlimitedFilling <= Limit.SoftBytes) _softSince = 0;
            if (_filling.Length > 0)
            {
                Swap();
                return true;
            }

            _isSending = false;
            _drained?.TrySetResult();
            _drained = null;
            return false;
        }
    }

    private void Swap()
    {
        (_filling, _sending) = (_sending, _filling);
        (_unlimitedFilling, _unlimitedSending) = (0, _unlimitedFilling);
    }
}
