using System.Security.Cryptography;
using System.Threading.Channels;
using Mesh.Client.Wire;

namespace Mesh.Client.Appends;

/// <summary>
/// Appends to one stream through one call: records are sent without waiting for those before, and sent again, under the same numbers, when the connection breaks;
/// the server stores each once. Opens the call when there is something to append, and ends it when there was nothing for a while. Thread-safe.
/// </summary>
internal sealed class Appender(GrpcChannel channel, string project, string address, MeshClientOptions options) : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly ulong _producer = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly PendingLine _line = new(options.WindowRecords, options.PendingBytesMax);
    private readonly SemaphoreSlim _entry = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _change = new();

    /// <summary>Says that there is something to send, or room in the window.</summary>
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Task _running = Task.CompletedTask;
    private bool _isRunning;

    /// <summary>Appends a record; answers when it is durable.</summary>
    /// <exception cref="MeshException">It is not stored, or nobody knows.</exception>
    public Task<AppendedRecord> AppendAsync(V1.NewRecord record, CancellationToken cancel)
    {
        var pending = new PendingAppend(GrpcFrame.OfPart(V1.AppendStreamRequest.RecordsFieldNumber, record));
        return !cancel.CanBeCanceled && TryEnter(pending) ? pending.Task : EnterAsync(pending, cancel);
    }

    private async Task<AppendedRecord> EnterAsync(PendingAppend pending, CancellationToken cancel)
    {
        if (!_entry.Wait(0, CancellationToken.None)) await _entry.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            while (_line.TryAdd(pending) is { } room) await room.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _entry.Release();
        }

        Start();
        return await pending.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Waits for what is under way, as long as retries last; nothing may be appended any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        _line.FailAll(new ObjectDisposedException(nameof(MeshClient)));
        _stop.Dispose();
        _entry.Dispose();
    }

    /// <summary>Puts a record in line if nobody waits in front of it and there is room, as is most often so: then nothing but the record itself is waited for.</summary>
    private bool TryEnter(PendingAppend pending)
    {
        if (!_entry.Wait(0, CancellationToken.None)) return false;
        try
        {
            if (_line.TryAdd(pending) is not null) return false;
        }
        finally
        {
            _entry.Release();
        }

        Start();
        return true;
    }

    private void Start()
    {
        _work.Writer.TryWrite(true);
        lock (_change)
        {
            if (_isRunning) return;
            _isRunning = true;
            _running = Task.Run(RunAsync);
        }
    }

    /// <summary>Call after call, until nothing is in line.</summary>
    private async Task RunAsync()
    {
        var retry = new Retry(options.RetryFor);
        do
        {
            try
            {
                await RunCallAsync(retry).ConfigureAwait(false);
            }
            catch (MeshException failure) when (failure.IsTransient)
            {
                if (await retry.WaitAsync(_stop.Token).ConfigureAwait(false)) continue;
                _line.FailAll(failure);
                retry.Reset();
            }
            catch (Exception failure)
            {
                _line.Refuse(failure);
            }
        }
        while (!TryEnd());
    }

    private bool TryEnd()
    {
        lock (_change)
        {
            if (!_line.IsEmpty) return false;
            _isRunning = false;
            return true;
        }
    }

    /// <summary>One call: ends when there was nothing to append for a while, or with what the server said.</summary>
    private async Task RunCallAsync(Retry retry)
    {
        var call = channel.Open("AppendStream", _stop.Token);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var writing = WriteAsync(call, _line.Rewind(), ended.Token);
        var reading = ReadAsync(call, retry);
        try
        {
            if (await Task.WhenAny(reading, writing).ConfigureAwait(false) == writing) await WrittenAsync(call, writing, reading).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            if (!writing.IsCompletedSuccessfully) throw new MeshException(MeshStatus.Unavailable, "The server ended the call.");
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            call.Dispose();
            await Task.WhenAll(writing, reading).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    /// <summary>Nothing more is written: because there is nothing, or because it cannot be, of which the server may say why.</summary>
    private async ValueTask WrittenAsync(GrpcCall call, Task writing, Task reading)
    {
        call.Complete();
        if (writing.IsCompletedSuccessfully) return;
        await Task.WhenAny(reading, Task.Delay(options.ConnectTimeout, _stop.Token)).ConfigureAwait(false);
        if (!reading.IsCompleted) await writing.ConfigureAwait(false);
    }

    private async Task WriteAsync(GrpcCall call, long first, CancellationToken ended)
    {
        await call.WriteAsync(GrpcFrame.Of(new V1.AppendStreamRequest { Project = project, Stream = address, ProducerId = _producer, FirstNumber = first })).ConfigureAwait(false);
        while (true)
        {
            var bytes = _line.Take(_buffer, out var large);
            if (large is not null) await call.WriteAsync(large).ConfigureAwait(false);
            else if (bytes > 0) await call.WriteAsync(_buffer.AsMemory(0, bytes)).ConfigureAwait(false);
            else if (!await WorkAsync(ended).ConfigureAwait(false)) return;
        }
    }

    /// <summary>Waits until there may be something to send.</summary>
    /// <returns>False when there was nothing for so long that the call may end.</returns>
    private async ValueTask<bool> WorkAsync(CancellationToken ended)
    {
        while (true)
        {
            if (_work.Reader.TryRead(out _)) return true;
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(ended);
            idle.CancelAfter(options.IdleMax);
            try
            {
                if (!await _work.Reader.WaitToReadAsync(idle.Token).ConfigureAwait(false)) return false;
            }
            catch (OperationCanceledException)
            {
                if (ended.IsCancellationRequested || _line.IsEmpty) return false;
            }
        }
    }

    private async Task ReadAsync(GrpcCall call, Retry retry)
    {
        while (await call.MoveNextAsync().ConfigureAwait(false))
        {
            _line.Acknowledge(V1.AppendStreamResponse.Parser.ParseFrom(call.Current.Span));
            retry.Reset();
            _work.Writer.TryWrite(true);
        }
    }
}
