using System.Buffers.Binary;
using System.Globalization;

namespace Mesh.Testing.Grpc;

/// <summary>How a call ended.</summary>
/// <param name="Code">The number of gRPC's status code; -1 when the server reset the call without one.</param>
/// <param name="Message">The decoded text.</param>
/// <param name="InHeaders">The status came in the headers, because nothing else was sent.</param>
public sealed record GrpcClientStatus(int Code, string Message, bool InHeaders);

/// <summary>One call, seen by the client. One writer and one reader at a time.</summary>
public sealed class GrpcClientCall : IDisposable
{
    private readonly StreamedContent _content;
    private readonly CancellationTokenSource _cancel = new();
    private readonly byte[] _header = new byte[5];
    private Stream? _body;

    internal GrpcClientCall(HttpClient http, HttpRequestMessage request, StreamedContent content)
    {
        _content = content;
        Response = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _cancel.Token);
    }

    /// <summary>Ends when the response headers have come.</summary>
    public Task<HttpResponseMessage> Response { get; }

    /// <summary>Sends one message.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> message) => SendRawAsync(Frame(message.Span));

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        var body = await _content.Body;
        await body.WriteAsync(bytes);
        await body.FlushAsync();
    }

    /// <summary>Ends the client's stream.</summary>
    public void Complete() => _content.Complete();

    /// <summary>The next message of the server.</summary>
    /// <returns>Null at the end of its stream.</returns>
    public async Task<byte[]?> ReadAsync()
    {
        _body ??= await (await Response).Content.ReadAsStreamAsync();
        var read = await _body.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false);
        if (read == 0) return null;
        if (read < _header.Length) throw new EndOfStreamException("The response ends within a message's header.");
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(1))];
        await _body.ReadExactlyAsync(message);
        return message;
    }

    /// <summary>The response as it comes, for a reader with a buffer of its own.</summary>
    public async Task<Stream> ReadRawAsync() => _body ??= await (await Response).Content.ReadAsStreamAsync();

    /// <summary>Reads what is left and tells how the call ended.</summary>
    public async Task<GrpcClientStatus> StatusAsync()
    {
        try
        {
            var response = await Response;
            while (await ReadAsync() is not null)
            {
            }

            var inHeaders = response.Headers.Contains("grpc-status");
            var headers = inHeaders ? response.Headers : response.TrailingHeaders;
            var code = headers.TryGetValues("grpc-status", out var codes) ? int.Parse(codes.Single(), CultureInfo.InvariantCulture) : -1;
            var message = headers.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.Single()) : "";
            return new GrpcClientStatus(code, message, inHeaders);
        }
        catch (Exception reset) when (reset is HttpRequestException or HttpIOException)
        {
            // A lost connection is UNAVAILABLE to every gRPC client; a reset stream is told apart here.
            var isReset = (reset as HttpIOException ?? reset.InnerException) is HttpProtocolException;
            return new GrpcClientStatus(isReset ? -1 : 14, (reset.InnerException ?? reset).Message, InHeaders: false);
        }
    }

    /// <summary>Resets the call, as a client that loses interest.</summary>
    public void Cancel()
    {
        _cancel.Cancel();
        if (Response.IsCompletedSuccessfully) Response.Result.Dispose();
    }

    public void Dispose()
    {
        Cancel();
        _content.Complete();
        _cancel.Dispose();
    }

    /// <summary>A message behind its flag and length.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> message, bool compressed = false)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsSpan(5));
        return frame;
    }
}
