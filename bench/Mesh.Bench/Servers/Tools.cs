namespace Mesh.Bench.Servers;

/// <summary>Finds what the bench runs.</summary>
internal static class Tools
{
    /// <summary>The top folder of the project.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The program is on the path.</summary>
    public static bool Has(string program) => Seek(program) is not null;

    /// <exception cref="FileNotFoundException">The program is not on the path; the message says which package has it.</exception>
    public static string Find(string program)
    {
        if (Seek(program) is { } found) return found;
        var package = program == "redis-benchmark" ? "redis-tools" : program;
        throw new FileNotFoundException($"{program} is not on the PATH. On Debian: apt-get install {package}.");
    }

    /// <exception cref="FileNotFoundException">The folder of a package is not there; the message names the package.</exception>
    public static void Require(string folder, string package)
    {
        if (!Directory.Exists(folder)) throw new FileNotFoundException($"{folder} is missing. On Debian: apt-get install {package} gunicorn redis-server wrk.");
    }

    private static string? Seek(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Mesh.sln"))) return folder;
        throw new DirectoryNotFoundException("The bench runs from its place in the project's folder.");
    }
}
