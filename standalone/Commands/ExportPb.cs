using Mesh.Hosting;
using Mesh.Hosting.Logs;
using Mesh.Protocols.Grpc.Files;

namespace Mesh.Standalone.Commands;

/// <summary><c>export-pb FOLDER</c>: writes every partition to a file that readers of protobus-server's files take.</summary>
internal static class ExportPb
{
    private const int NotExported = 1;
    private const int PageMax = 1000;

    public static async Task<int> RunAsync(string folder, PbOptions options)
    {
        try
        {
            Directory.CreateDirectory(folder);
            await using var store = await EmbeddedStore.OpenAsync(options.Data, HostLog.Create(options).CreateLogger("Mesh"));
            for (var after = ""; ;)
            {
                var page = await store.Mesh.Catalogue.ListAsync(StreamName.DefaultProject, StreamKind.Partition, after, PageMax);
                foreach (var entry in page) await ExportAsync(entry.Name, folder, store);
                if (page.Count < PageMax) return ExitCode.Drained;
                after = page[^1].Name.Name;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return NotExported;
        }
    }

    private static async Task ExportAsync(StreamName partition, string folder, EmbeddedStore store)
    {
        var path = Path.Combine(folder, PbExport.FileNameOf(partition));
        var bar = new ProgressBar(partition.Name);
        var written = await PbExport.RunAsync(store.Mesh.Partition(partition), path, bar.Show);
        Console.WriteLine($"{path}: {written} events written.");
    }
}
