using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet;

namespace Mesh.Standalone;

/// <summary>Doors, mesh and store of one process, from start to end.</summary>
internal sealed class MeshHost : IAsyncDisposable
{
    /// <summary>How long connections may take to finish what they began once the host stops; then they are cut.</summary>
    public static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);

    /// <summary>How long the commit of what was accepted may take after that.</summary>
    public static readonly TimeSpan CommitMax = TimeSpan.FromSeconds(3);

    private readonly WebApplication _web;
    private readonly EmbeddedMesh _mesh;
    private readonly ILogStore _store;

    private MeshHost(WebApplication web, EmbeddedMesh mesh, ILogStore store, IReadOnlyList<Door> doors)
    {
        _web = web;
        _mesh = mesh;
        _store = store;
        Doors = doors;
    }

    public IReadOnlyList<Door> Doors { get; }

    /// <exception cref="StorageUnavailableException">The store cannot be used.</exception>
    /// <exception cref="OptionException">The text of <c>--data</c> names no store.</exception>
    /// <exception cref="DoorTakenException">A door's address cannot be opened.</exception>
    public static async Task<MeshHost> StartAsync(StandaloneOptions options)
    {
        var store = OpenStore(options.Data);
        EmbeddedMesh? mesh = null;
        try
        {
            var logs = HostLog.Create(options);
            var log = logs.CreateLogger("Mesh");
            mesh = await EmbeddedMesh.StartAsync(store, new EmbeddedMeshOptions { Warn = text => log.LogWarning("{Warning}", text) });
            var doors = Door.Of(options);
            var web = Composition.Build(options, doors, mesh, logs);
            await StartAsync(web);
            return new MeshHost(web, mesh, store, doors);
        }
        catch
        {
            if (mesh is not null) await mesh.DisposeAsync();
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a signal; then nothing new is taken, connections finish what they began, and what was accepted is committed.</summary>
    /// <returns>False when not everything was committed in time.</returns>
    public async Task<bool> RunAsync()
    {
        await _web.WaitForShutdownAsync();
        try
        {
            await DisposeAsync().AsTask().WaitAsync(CommitMax);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _mesh.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static async Task StartAsync(WebApplication web)
    {
        try
        {
            await web.StartAsync();
        }
        catch
        {
            await web.StopAsync();
            await web.DisposeAsync();
            throw;
        }
    }

    private static ILogStore OpenStore(string data)
    {
        try
        {
            return LogStores.Open(data);
        }
        catch (ArgumentException wrong)
        {
            throw new OptionException($"--data: {wrong.Message}");
        }
    }
}
