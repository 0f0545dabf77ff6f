using System.Diagnostics;

namespace Mesh.Testing.Tools;

/// <summary>Runs a program to its end.</summary>
public static class Command
{
    /// <summary>How long a program may take.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(2);

    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="InvalidOperationException">It ended with another code than 0, or not in time; the text holds what it said.</exception>
    public static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Start(folder, program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeMax);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }

        return await process.WaitForExitAsync().ContinueWith(_ => process.ExitCode, TaskScheduler.Default) == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}{await errors}");
    }

    /// <returns>Whether the program can be run and ends with 0.</returns>
    public static bool Works(string program, params string[] arguments)
    {
        try
        {
            RunAsync(Path.GetTempPath(), program, arguments).GetAwaiter().GetResult();
            return true;
        }
        catch (Exception missing) when (missing is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(string folder, string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
