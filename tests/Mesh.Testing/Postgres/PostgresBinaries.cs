using System.Diagnostics;

namespace Mesh.Testing.Postgres;

/// <summary>Finds and runs the programs of a PostgreSQL server.</summary>
internal static class PostgresBinaries
{
    private static readonly string[] Needed = ["initdb", "pg_ctl", "createdb"];
    private static readonly string? Folder = Find();

    /// <summary>Why tests that need a server are skipped; null when they can run.</summary>
    public static string? Missing { get; } = Folder is null
        ? "No PostgreSQL server here (initdb is neither in /usr/lib/postgresql/*/bin nor in PATH): apt-get install postgresql"
        : null;

    /// <summary>Root may not run a server: the user that does then. Null when this process's own user can.</summary>
    public static string? OtherUser { get; } = Environment.UserName != "root" ? null
        : File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    /// <summary>How to run one of the server's programs: as the right user.</summary>
    public static IReadOnlyList<string> CommandOf(string program)
    {
        var path = Path.Combine(Folder ?? throw new InvalidOperationException(Missing), program);
        return OtherUser is { } user ? ["setpriv", $"--reuid={user}", $"--regid={GroupOf(user)}", "--clear-groups", path] : [path];
    }

    /// <exception cref="InvalidOperationException">The program failed; with what it said.</exception>
    public static async Task RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var command = program == "chown" ? [program] : CommandOf(program);
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var word in command.Skip(1).Concat(arguments)) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;

        // Not to the end of its output: a server that it starts may hold that open.
        var said = new List<string>();
        process.OutputDataReceived += (_, line) => Note(said, line.Data);
        process.ErrorDataReceived += (_, line) => Note(said, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!process.HasExited) await Task.Delay(10);
        if (process.ExitCode == 0) return;
        lock (said) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {string.Join(' ', said)}");
    }

    private static void Note(List<string> said, string? line)
    {
        if (line is null) return;
        lock (said) said.Add(line);
    }

    private static string GroupOf(string user) => user == "nobody" ? "nogroup" : user;

    private static string? Find()
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal) : (IEnumerable<string>)[];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return debian.Select(version => Path.Combine(version, "bin")).Concat(path)
            .FirstOrDefault(folder => Needed.All(program => IsThere(Path.Combine(folder, program))));
    }

    /// <summary>A link that leads nowhere does not count.</summary>
    private static bool IsThere(string path) => File.Exists(path) && new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is null or { Exists: true };
}
