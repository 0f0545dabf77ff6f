using Mesh.Engine.Streams;
using Mesh.Hosting;
using Mesh.Hosting.Logs;
using Mesh.Protocols.Rotera.Files;
using Mesh.Storage.AdoNet;

namespace Mesh.Standalone.Commands;

/// <summary><c>import-rot FILE</c>: moves a queue of rotera in. Readers go on at the ids that they have.</summary>
internal static class ImportRot
{
    /// <summary>The file or the ring is not what it has to be.</summary>
    private const int NotImported = 1;

    public static async Task<int> RunAsync(string path, ImportOptions options)
    {
        var name = StreamName.Ring(options.Ring ?? Path.GetFileNameWithoutExtension(path));
        try
        {
            using var file = RotFile.Open(path);
            if (!await CreateAsync(file, name, options))
            {
                await Console.Error.WriteLineAsync($"There is a ring {name.Name} already. Delete it first, or choose another name with --ring.");
                return NotImported;
            }

            await using var store = await EmbeddedStore.OpenAsync(options.Data, HostLog.Create(options).CreateLogger("Mesh"));
            await RotImport.RunAsync(file, store.Mesh.Ring(name));
            Console.WriteLine($"Ring {name.Name} has the messages {file.Oldest} to {file.Next - 1} of {path}, and keeps the last {file.MessagesMax}. Data: {DataPlace.Describe(options.Data)}");
            return ExitCode.Drained;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return NotImported;
        }
    }

    private static async Task<bool> CreateAsync(RotFile file, StreamName name, ImportOptions options)
    {
        await using var store = DataPlace.Open(options.Data, LogStores.Open);
        await store.MigrateAsync();
        return await NewStream.CreateAtAsync(store, name, RotImport.OptionsFor(file), new Sequence(file.Oldest + 1), RecordTime.From(DateTimeOffset.UtcNow));
    }
}
