using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Hosting;
using Mesh.Hosting.Options;
using Mesh.Storage.AdoNet;

namespace Mesh.Standalone;

/// <summary>The mesh of this process and its store, which goes after it.</summary>
internal sealed class EmbeddedStore : IAsyncDisposable
{
    private readonly ILogStore _store;

    private EmbeddedStore(EmbeddedMesh mesh, ILogStore store)
    {
        Mesh = mesh;
        _store = store;
    }

    public EmbeddedMesh Mesh { get; }

    /// <exception cref="StorageUnavailableException">The store cannot be used.</exception>
    /// <exception cref="OptionException">The text of <c>--data</c> names no store.</exception>
    public static async Task<EmbeddedStore> OpenAsync(string data, ILogger log)
    {
        var store = DataPlace.Open(data, LogStores.Open);
        try
        {
            var mesh = await EmbeddedMesh.StartAsync(store, new EmbeddedMeshOptions { OpenPool = LogStores.Open, Warn = text => log.LogWarning("{Warning}", text) });
            return new EmbeddedStore(mesh, store);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync();
        await _store.DisposeAsync();
    }
}
