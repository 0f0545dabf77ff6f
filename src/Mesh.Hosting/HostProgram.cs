using Mesh.Hosting.Doors;
using Mesh.Hosting.Options;

namespace Mesh.Hosting;

/// <summary>The way from a command line to an <see cref="ExitCode"/>, the same for every program of Mesh.</summary>
public static class HostProgram
{
    /// <param name="table">The program's options.</param>
    /// <param name="args">Its command line.</param>
    /// <param name="open">Opens what it is and waits for its end.</param>
    /// <returns>The exit code; what went wrong was told on standard error, in a sentence.</returns>
    public static async Task<int> RunAsync<T>(OptionTable<T> table, string[] args, Func<T, Task<int>> open)
        where T : ProcessOptions, new()
    {
        try
        {
            if (OptionReader.Read(table, args) is { } options) return await OpenAsync(options, open);
            Console.Write(table.Usage());
            return ExitCode.Drained;
        }
        catch (OptionException wrong)
        {
            return await RefuseAsync(ExitCode.BadOption, wrong.Message);
        }
    }

    private static async Task<int> OpenAsync<T>(T options, Func<T, Task<int>> open)
        where T : ProcessOptions
    {
        try
        {
            return await open(options);
        }
        catch (DoorTakenException taken)
        {
            return await RefuseAsync(ExitCode.DoorTaken, taken.Message);
        }
        catch (StorageUnavailableException failure)
        {
            return await RefuseAsync(ExitCode.NoStorage, $"--data cannot use {DataPlace.Describe(options.Data)}: {failure.Message}");
        }
    }

    private static async Task<int> RefuseAsync(int code, string reason)
    {
        await Console.Error.WriteLineAsync(reason);
        return code;
    }
}
