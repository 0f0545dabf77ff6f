using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Mesh.Client.Wire;

/// <summary>gRPC over HTTP/2 to one server, over as many connections as its limit of streams asks for. Thread-safe.</summary>
internal sealed class GrpcChannel : IDisposable
{
    public const string ContentType = "application/grpc";

    private const string Service = "/mesh.v1.Mesh/";

    /// <summary>How much of a call the server may send ahead of its reader, in bytes.</summary>
    private const int WindowBytes = 1024 * 1024;

    private readonly HttpMessageInvoker _http;
    private readonly Uri _server;

    public GrpcChannel(Uri server, MeshClientOptions options)
    {
        _server = server;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = WindowBytes,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAlive,
            KeepAlivePingTimeout = options.KeepAlive,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        });
    }

    /// <summary>A call whose messages are written while its answers are read.</summary>
    public GrpcCall Open(string method, CancellationToken cancel)
    {
        var content = new StreamedContent();
        return new GrpcCall(_http, Request(method, content), content, cancel);
    }

    /// <summary>A call with one message.</summary>
    public GrpcCall Open(string method, IMessage request, CancellationToken cancel)
    {
        var content = new ByteArrayContent(GrpcFrame.Of(request));
        content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        return new GrpcCall(_http, Request(method, content), null, cancel);
    }

    /// <summary>A call of one message each way.</summary>
    /// <exception cref="MeshException">The server refused it, or could not be reached.</exception>
    public async Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> response, CancellationToken cancel)
        where T : IMessage<T>
    {
        using var call = Open(method, request, cancel);
        if (!await call.MoveNextAsync().ConfigureAwait(false)) throw new MeshException(MeshStatus.Internal, $"{method} was answered without a message.");
        var message = response.ParseFrom(call.Current.Span);
        await call.EndAsync().ConfigureAwait(false);
        return message;
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string method, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server, Service + method))
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        return request;
    }
}
