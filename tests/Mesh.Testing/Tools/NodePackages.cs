namespace Mesh.Testing.Tools;

/// <summary>Packages of npm, installed once into a cache folder of the user, for tests that drive real JavaScript clients.</summary>
public static class NodePackages
{
    /// <summary>Other processes with tests want the same packages: what one of them has begun to install is there only when it is done.</summary>
    private const string Turn = "mesh-node-packages";

    /// <summary>Installs the packages unless they are there.</summary>
    /// <param name="packages">Their names.</param>
    /// <returns>Null when they can be used, else what is missing and the command that gets it.</returns>
    public static string? Missing(params string[] packages)
    {
        using var turn = new Mutex(initiallyOwned: false, Turn);
        Take(turn);
        try
        {
            return Install(packages);
        }
        finally
        {
            turn.ReleaseMutex();
        }
    }

    /// <summary>Runs a script that requires the packages.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public static Task<string> RunAsync(string[] packages, string script, params string[] arguments) => RunAndDeleteAsync(CopyOf(packages, script), arguments);

    /// <summary>Starts a script that requires the packages, to be talked with while it runs.</summary>
    public static RunningScript Start(string[] packages, string script, params string[] arguments) => new("node", CopyOf(packages, script), arguments);

    private static void Take(Mutex turn)
    {
        try
        {
            if (!turn.WaitOne(2 * Command.TimeMax)) throw new TimeoutException("Another process installs packages of npm, and does not end.");
        }
        catch (AbandonedMutexException)
        {
            // Its owner was killed; it is this thread's now.
        }
    }

    private static string? Install(string[] packages)
    {
        var folder = FolderOf(packages);
        if (packages.All(package => Directory.Exists(Path.Combine(folder, "node_modules", package)))) return null;
        Directory.CreateDirectory(folder);
        string[] install = ["install", "--no-audit", "--no-fund", "--prefix", folder, .. packages];
        return Command.Works("npm", install) ? null : $"Needs node and packages: npm {string.Join(' ', install)}";
    }

    /// <summary>Node looks for packages beside the script.</summary>
    private static string CopyOf(string[] packages, string script)
    {
        var copy = Path.Combine(FolderOf(packages), $"{Guid.NewGuid():n}.js");
        File.Copy(script, copy);
        return copy;
    }

    private static async Task<string> RunAndDeleteAsync(string script, string[] arguments)
    {
        try
        {
            return await Command.RunAsync(Path.GetDirectoryName(script)!, "node", [script, .. arguments]);
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static string FolderOf(string[] packages) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        ".cache",
        "mesh-tests",
        string.Join('+', packages.Order(StringComparer.Ordinal)).Replace('/', '-').Replace("@", "", StringComparison.Ordinal));
}
