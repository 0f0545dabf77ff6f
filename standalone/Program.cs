using System.Collections;
using Mesh;
using Mesh.Standalone;

try
{
    var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(each => KeyValuePair.Create((string)each.Key, (string?)each.Value ?? ""));
    var options = OptionReader.Read(args, environment, File.Exists(OptionReader.FileName) ? File.ReadAllText(OptionReader.FileName) : null);
    if (options is null)
    {
        Console.Write(OptionTable.Usage());
        return 0;
    }

    return await OpenAsync(options);
}
catch (OptionException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return ExitCode.BadOption;
}

static async Task<int> OpenAsync(StandaloneOptions options)
{
    try
    {
        var host = await MeshHost.StartAsync(options);
        Console.Write(Banner.Write(options, host.Doors));
        if (await host.RunAsync()) return ExitCode.Drained;
        Console.Error.WriteLine($"Not everything accepted was committed within {MeshHost.CommitMax.TotalSeconds:0} s; what was not acknowledged may be missing.");
        return ExitCode.NotDrained;
    }
    catch (DoorTakenException taken)
    {
        Console.Error.WriteLine(taken.Message);
        return ExitCode.DoorTaken;
    }
    catch (StorageUnavailableException failure)
    {
        Console.Error.WriteLine($"--data cannot use {DataPlace.Describe(options.Data)}: {failure.Message}");
        return ExitCode.NoStorage;
    }
}
