using System.Net;
using System.Net.Http.Headers;

namespace Mesh.Testing.Grpc;

/// <summary>A gRPC client over <see cref="HttpClient"/>: HTTP/2 in clear text by prior knowledge, one connection, messages as bytes. Thread-safe.</summary>
public sealed class GrpcClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="server">Scheme, host and port.</param>
    /// <param name="windowBytes">How much of a call the server may send ahead of the reader, in bytes; from 65,535. It does not grow.</param>
    public GrpcClient(Uri server, int windowBytes = 1024 * 1024)
    {
        AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", true);
        _http = new HttpClient(new SocketsHttpHandler { InitialHttp2StreamWindowSize = windowBytes, UseProxy = false })
        {
            BaseAddress = server,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Opens a call of any kind; nothing of it is waited for.</summary>
    /// <param name="path">As in <c>/package.Service/Method</c>.</param>
    /// <param name="headers">More request headers.</param>
    public GrpcClientCall Open(string path, params (string Name, string Value)[] headers)
    {
        var content = new StreamedContent();
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return new GrpcClientCall(_http, request, content);
    }

    /// <summary>Sends any other request over the same connection.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();
}
