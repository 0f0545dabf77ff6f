using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Mesh.Client.Wire;

namespace Mesh.Client;

/// <summary>
/// A client of one Mesh: its gRPC door, over HTTP/2 in clear text (<c>http://</c>) or with TLS (<c>https://</c>). Make one and share it; thread-safe. Disposing of it waits
/// for appends that are under way.
/// </summary>
public sealed class MeshClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Project, string Address), MeshStream> _streams = new();

    private MeshClient(Uri server, MeshClientOptions options)
    {
        Options = options;
        Channel = new GrpcChannel(server, options);
    }

    internal MeshClientOptions Options { get; }

    internal GrpcChannel Channel { get; }

    /// <summary>A client of the server at an address; the connection is made by the first call, and made again whenever it breaks.</summary>
    /// <param name="address">Such as <c>http://127.0.0.1:42000</c>.</param>
    /// <param name="options">Bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">The address or an option is not right.</exception>
    public static MeshClient Connect(string address, MeshClientOptions? options = null)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            throw new ArgumentException($"An address is http:// or https://, a host and a port, such as http://127.0.0.1:42000; it is '{address}'.", nameof(address));
        options ??= new MeshClientOptions();
        options.Check();
        return new MeshClient(server, options);
    }

    /// <summary>The stream, or the view of one, with an address such as <c>ring:55</c>, <c>queue:jobs</c>, <c>channel:acct/agent7</c> or <c>topic:metrics.cpu</c>. Nothing is
    /// asked of the server; of one name there is one handle.</summary>
    public MeshStream Stream(string address, string project = StreamName.DefaultProject) =>
        _streams.GetOrAdd((project, address), static (name, client) => new MeshStream(client, name.Project, name.Address), this);

    /// <summary>All streams of a project, by kind and name.</summary>
    /// <param name="kind">channel, queue, ring, partition or room; empty for all.</param>
    /// <param name="project">The tenant.</param>
    /// <param name="cancel">Ends the listing.</param>
    public async IAsyncEnumerable<StreamDescription> ListAsync(
        string kind = "", string project = StreamName.DefaultProject, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var request = new V1.ListStreamsRequest { Project = project, Kind = kind };
        do
        {
            var page = await CallAsync("ListStreams", request, V1.ListStreamsResponse.Parser, cancel).ConfigureAwait(false);
            foreach (var stream in page.Streams) yield return StreamDescription.Of(stream);
            request.After = page.Next;
        }
        while (request.After.Length > 0);
    }

    /// <summary>Answers a request.</summary>
    /// <param name="request">A record with a <see cref="MeshRecord.ReplyTo"/>.</param>
    /// <param name="body">The reply.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <exception cref="ArgumentException">The record is no request.</exception>
    public async Task ReplyAsync(MeshRecord request, ReadOnlyMemory<byte> body, CancellationToken cancel = default)
    {
        var address = request.ReplyTo ?? throw new ArgumentException($"Record {request.Sequence} asks for no reply: it has no tag mesh-reply-to.", nameof(request));
        var append = new V1.AppendRequest { Stream = address, Records = { new V1.NewRecord { Body = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(body) } } };
        await CallAsync("Append", append, V1.AppendResponse.Parser, cancel).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams.Values) await stream.CloseAsync().ConfigureAwait(false);
        Channel.Dispose();
    }

    /// <summary>A call that may be made twice.</summary>
    internal Task<T> CallAsync<T>(string method, Google.Protobuf.IMessage request, Google.Protobuf.MessageParser<T> response, CancellationToken cancel)
        where T : Google.Protobuf.IMessage<T> =>
        Retry.RunAsync(Options.RetryFor, () => Channel.CallAsync(method, request, response, cancel), cancel);
}
