using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>
/// One call: the messages of the client, those of the server, the deadline and the end. Serves all four kinds of call: a method reads
/// and writes as it pleases and returns the status. One flow at a time, but for <see cref="WakeReader"/>.
/// </summary>
internal sealed class GrpcCall : IDisposable
{
    private const int ResetRefusedStream = 0x7;
    private const int ResetCancel = 0x8;

    private readonly HttpContext _context;
    private readonly MessageDecoder _decoder;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _ended;
    private readonly CancellationToken _stopping;
    private readonly TimeProvider _clock;
    private readonly GzipDeflater? _deflater;
    private ReadResult _read;
    private bool _blocked;
    private bool _stalled;

    /// <param name="context">The request.</param>
    /// <param name="messageBytesMax">Largest message of the client, in bytes.</param>
    /// <param name="clock">Measures the deadline.</param>
    /// <param name="stopping">Cancelled when the server stops.</param>
    /// <exception cref="GrpcException">The deadline is malformed.</exception>
    public GrpcCall(HttpContext context, int messageBytesMax, TimeProvider clock, CancellationToken stopping)
    {
        _context = context;
        _stopping = stopping;
        _clock = clock;
        _deadline = DeadlineOf(context.Request, clock);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, Deadline);
        var encoding = context.Request.Headers[GrpcHeaders.Encoding];
        _decoder = new MessageDecoder(messageBytesMax, encoding.Count == 0 ? null : encoding.ToString());
        if (encoding == GzipInflater.Name && context.Request.Headers[GrpcHeaders.AcceptEncoding].ToString().Contains(GzipInflater.Name, StringComparison.Ordinal))
        {
            _deflater = new GzipDeflater();
            context.Response.Headers[GrpcHeaders.Encoding] = GzipInflater.Name;
        }

        LiftLimitsOfOrdinaryRequests(context);
    }

    /// <summary>The client packs its messages and takes packed ones, so it gets them: see <see cref="Write"/>.</summary>
    public bool IsPacked => _deflater is not null;

    /// <summary>Cancelled when the client has gone, its deadline has passed, or the server stops.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Where messages are written, each behind its <see cref="FrameHeader"/>. Call <see cref="StartAsync"/> first.</summary>
    public PipeWriter Output => _context.Response.BodyWriter;

    /// <summary>Why <see cref="Ended"/> was cancelled.</summary>
    public GrpcStatus EndedStatus =>
        _deadline is { IsCancellationRequested: true } ? new GrpcStatus(StatusCode.DeadlineExceeded, "The deadline of the call has passed.")
        : _stopping.IsCancellationRequested ? Stopping
        : new GrpcStatus(StatusCode.Cancelled, "The client has cancelled the call.");

    public static GrpcStatus Stopping { get; } = new(StatusCode.Unavailable, "The server stops. Connect again.");

    /// <summary>Waits for bytes of the client, for the end of its stream, or for <see cref="WakeReader"/>; then <see cref="Take"/> them.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Ended"/>.</exception>
    /// <exception cref="IOException">The client has gone.</exception>
    public async ValueTask ReadAsync() => _read = await _context.Request.BodyReader.ReadAsync(Ended).ConfigureAwait(false);

    /// <summary>Gives what the last read brought to the sink, message by message.</summary>
    /// <exception cref="GrpcException">The bytes are no messages, or the stream ends within one; or what the sink threw.</exception>
    public ReadOutcome Take(IMessageSink sink)
    {
        var bytes = _read.Buffer;
        var taken = bytes.Start;
        var hasRoom = true;
        long left;
        try
        {
            taken = _decoder.Take(bytes, sink, out hasRoom);
            left = bytes.Slice(taken).Length;
        }
        finally
        {
            // A message that was refused is still to be seen: without new bytes the next read returns at once.
            _context.Request.BodyReader.AdvanceTo(taken, hasRoom ? bytes.End : taken);
        }

        if (!hasRoom) return ReadOutcome.Full;
        if (!_read.IsCompleted) return ReadOutcome.More;
        return left == 0
            ? ReadOutcome.End
            : throw new GrpcException(StatusCode.Internal, $"The stream ended within a message: {left} bytes are no whole one.");
    }

    /// <summary>Reads the one message of a call whose client sends one.</summary>
    /// <exception cref="GrpcException">It sent none, or several.</exception>
    public async ValueTask<byte[]> ReadSingleAsync()
    {
        var sink = new SingleMessage();
        do await ReadAsync().ConfigureAwait(false);
        while (Take(sink) != ReadOutcome.End);
        return sink.Message ?? throw new GrpcException(StatusCode.Unimplemented, "The method takes one message; none came.");
    }

    /// <summary>Lets a waiting or the next <see cref="ReadAsync"/> return, perhaps with nothing. Thread-safe.</summary>
    public void WakeReader() => _context.Request.BodyReader.CancelPendingRead();

    /// <summary>Cancelled when the client's deadline has passed; never when it has none.</summary>
    public CancellationToken Deadline => _deadline?.Token ?? CancellationToken.None;

    /// <summary>Writes the one message of a call whose server sends one; the status follows it.</summary>
    public async ValueTask RespondAsync(ReadOnlyMemory<byte> message)
    {
        await _context.Response.StartAsync(CancellationToken.None).ConfigureAwait(false);
        Write(message.Span);
    }

    /// <summary>Sends the response headers now, ahead of the first message.</summary>
    public async ValueTask StartAsync()
    {
        await _context.Response.StartAsync(CancellationToken.None).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Writes one message, packed when the call is and that makes it smaller; <see cref="FlushAsync"/> sends it.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(ReadOnlySpan<byte> message)
    {
        var isPacked = _deflater is not null && message.Length >= GzipDeflater.BytesMin;
        if (isPacked) message = _deflater!.Deflate(message);
        var header = Output.GetSpan(FrameHeader.Bytes);
        FrameHeader.Write(header, message.Length, isPacked);
        Output.Advance(FrameHeader.Bytes);
        System.Buffers.BuffersExtensions.Write(Output, message);
        return FrameHeader.Bytes + message.Length;
    }

    /// <summary>Sends what was written, and waits while the client does not take it: HTTP/2's flow control reaches to here.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Ended"/>.</exception>
    /// <param name="stallMax">How long it waits; null for as long as it takes. After a stall the call can only be finished: the status follows what the client has not taken yet.</param>
    /// <exception cref="StalledException">The client took nothing for so long.</exception>
    public async ValueTask FlushAsync(TimeSpan? stallMax = null)
    {
        // Kestrel would reset the stream if the token were given to it, and the status with it.
        var flushing = Output.FlushAsync(CancellationToken.None);
        if (!flushing.IsCompleted)
        {
            try
            {
                await flushing.AsTask().WaitAsync(stallMax ?? Timeout.InfiniteTimeSpan, _clock, Ended).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _blocked = true;
                throw;
            }
            catch (TimeoutException)
            {
                _stalled = true;
                throw new StalledException();
            }
        }
        else
        {
            await flushing.ConfigureAwait(false);
        }

        Ended.ThrowIfCancellationRequested();
    }

    /// <summary>Sends the status: in the trailers, or in the headers when nothing was sent before ("Trailers-Only").</summary>
    public async Task FinishAsync(GrpcStatus status)
    {
        if (_context.RequestAborted.IsCancellationRequested) return;
        if (_blocked)
        {
            // Trailers would queue behind messages that the client does not take.
            var reset = _context.Features.Get<IHttpResetFeature>();
            reset?.Reset(status.Code == StatusCode.Unavailable ? ResetRefusedStream : ResetCancel);
            return;
        }

        WriteStatus(_context.Response, status);
        if (_stalled) return; // it waits for the client with what was written before it, and nobody waits for that
        await _context.Response.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Writes the status where it still can be: among the headers or among the trailers.</summary>
    public static void WriteStatus(HttpResponse response, GrpcStatus status)
    {
        var headers = response.HasStarted
            ? response.HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : response.Headers;
        headers[GrpcHeaders.Status] = ((int)status.Code).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (status.Message.Length > 0) headers[GrpcHeaders.Message] = StatusMessage.Encode(status.Message);
        if (status.Details is { } details) headers[GrpcHeaders.StatusDetails] = details.Encode(status);
    }

    public void Dispose()
    {
        _ended.Dispose();
        _deadline?.Dispose();
        _decoder.Dispose();
        _deflater?.Dispose();
    }

    private static CancellationTokenSource? DeadlineOf(HttpRequest request, TimeProvider clock)
    {
        var header = request.Headers[GrpcHeaders.Timeout];
        if (header.Count == 0) return null;
        var timeout = GrpcTimeout.Parse(header.ToString())
            ?? throw new GrpcException(
                StatusCode.Internal, $"{GrpcHeaders.Timeout} must be one to eight digits and one of H M S m u n; it is '{header}'.");
        return new CancellationTokenSource(timeout, clock);
    }

    /// <summary>A stream may last for days, be silent for hours, and carry any number of bytes; a message has its own bound.</summary>
    private static void LiftLimitsOfOrdinaryRequests(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private sealed class SingleMessage : IMessageSink
    {
        public byte[]? Message { get; private set; }

        public bool TryTake(ReadOnlySpan<byte> message)
        {
            if (Message is not null) throw new GrpcException(StatusCode.Unimplemented, "The method takes one message; more came.");
            Message = message.ToArray();
            return true;
        }
    }
}
