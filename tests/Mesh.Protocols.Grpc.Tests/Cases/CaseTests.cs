using Mesh.Protocols.Grpc.Tests.Service;

namespace Mesh.Protocols.Grpc.Tests.Cases;

public sealed class CaseTests(CaseHost host) : CaseContract(() => host.Client.OpenAsync(DotNetClient.OpenAsync, host.Server)), IClassFixture<CaseHost>;

/// <summary>The door over an embedded mesh, for all tests of a class.</summary>
public sealed class CaseHost : IAsyncLifetime
{
    private GrpcHost _host = null!;

    public CaseClient Client { get; } = new();

    public Uri Server => _host.Address;

    public async Task InitializeAsync() => _host = await GrpcHost.StartAsync();

    public async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        await _host.DisposeAsync();
    }
}
