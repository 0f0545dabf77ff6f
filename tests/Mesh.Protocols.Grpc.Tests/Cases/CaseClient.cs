namespace Mesh.Protocols.Grpc.Tests.Cases;

/// <summary>One client for the tests of a class, made for the first of them.</summary>
public sealed class CaseClient : IAsyncDisposable
{
    private Task<IProtobusClient>? _client;

    /// <param name="open">Makes it.</param>
    /// <param name="server">Where the server is.</param>
    public Task<IProtobusClient> OpenAsync(Func<Uri, Task<IProtobusClient>> open, Uri server) => _client ??= open(server);

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await (await _client).DisposeAsync();
    }
}
