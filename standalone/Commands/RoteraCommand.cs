using Mesh.Hosting;
using Mesh.Hosting.Doors;
using Mesh.Protocols.Rotera.Client;

namespace Mesh.Standalone.Commands;

/// <summary><c>rotera [host:port]</c>: the interactive client of a rotera door.</summary>
internal static class RoteraCommand
{
    private static readonly ListenAddress Default = ListenAddress.OnLoopback(8245);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Length > 1 || Parse(arguments) is not { } server)
        {
            await Console.Error.WriteLineAsync($"Usage: rotera [port | host:port]; the default is {Default}.");
            return ExitCode.BadOption;
        }

        using var shell = new RoteraShell(() => RoteraClient.ConnectAsync(server.Host.ToString(), server.Port), Console.Out);
        while (true)
        {
            if (!Console.IsInputRedirected) Console.Write("rotera> ");
            if (Console.ReadLine() is not { } line || !await shell.RunAsync(line)) return ExitCode.Drained;
        }
    }

    private static ListenAddress? Parse(string[] arguments)
    {
        try
        {
            return arguments.Length == 0 ? Default : ListenAddress.Parse(arguments[0]);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
