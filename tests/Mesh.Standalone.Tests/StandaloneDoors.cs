using Mesh.Testing;
using Mesh.Testing.Doors;

namespace Mesh.Standalone.Tests;

/// <summary>The doors of a host of their own.</summary>
internal static class StandaloneDoors
{
    public static async Task<AllDoors> OpenAsync()
    {
        var folder = new TempFolder();
        var process = await Standalone.OpenAsync(folder.File("mesh.db"));
        return new AllDoors(process.Http, process.Rse, process.Grpc, process.Resp, process.Rotera, new Closing(process, folder));
    }

    private sealed class Closing(IAsyncDisposable process, IDisposable folder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await process.DisposeAsync();
            folder.Dispose();
        }
    }
}
