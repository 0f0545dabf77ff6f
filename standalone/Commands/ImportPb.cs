using Mesh.Hosting;
using Mesh.Hosting.Logs;
using Mesh.Protocols.Grpc.Files;
using Mesh.Topics;

namespace Mesh.Standalone.Commands;

/// <summary><c>import-pb FILE…</c>: moves the store files of a protobus-server in.</summary>
internal static class ImportPb
{
    /// <summary>A file is not what it has to be, or an option is not.</summary>
    private const int NotImported = 1;

    public static async Task<int> RunAsync(IReadOnlyList<string> paths, PbOptions options)
    {
        try
        {
            var homes = new TopicHomes(options.Partitions, options.PartitionKeeps);
            foreach (var path in paths) PbFile.Open(path).Dispose();
            await using var store = await EmbeddedStore.OpenAsync(options.Data, HostLog.Create(options).CreateLogger("Mesh"));
            foreach (var path in paths) await ImportAsync(path, store, homes);
            Console.WriteLine($"Data: {DataPlace.Describe(options.Data)}");
            return ExitCode.Drained;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return NotImported;
        }
    }

    private static async Task ImportAsync(string path, EmbeddedStore store, TopicHomes homes)
    {
        using var file = PbFile.Open(path);
        var import = new PbImport(file, store.Mesh, homes);
        var bar = new ProgressBar(file.Name);
        await import.RunAsync(done => bar.Show(done, file.Length));
        var before = import.Skipped == 0 ? "" : $", {import.Skipped} were there before";
        var torn = file.TornBytes == 0 ? "" : $"; the last {file.TornBytes} bytes are no whole event and were left out";
        Console.WriteLine($"{path}: {import.Imported} events imported{before}{torn}.");
    }
}
