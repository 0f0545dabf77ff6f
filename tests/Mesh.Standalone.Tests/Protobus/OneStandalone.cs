using Mesh.Protocols.Grpc.Tests.Cases;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Standalone.Tests.Protobus;

/// <summary>A process, and a client of it, for all tests of a class.</summary>
public sealed class OneStandalone : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private MeshProcess _process = null!;

    public CaseClient Client { get; } = new();

    public Uri Grpc => _process.Grpc;

    public async Task InitializeAsync() => _process = await Standalone.OpenAsync(_folder.File("mesh.db"));

    public async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
