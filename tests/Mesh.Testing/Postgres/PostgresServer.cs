using System.Diagnostics;
using System.Globalization;

namespace Mesh.Testing.Postgres;

/// <summary>
/// A real PostgreSQL server on a free port, with its data in a temporary folder, run as a user that is not root. A watcher ends it and removes the
/// folder when it is disposed of, or when this process ends in any other way. Thread-safe.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "mesh";

    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(StartAsync);
    private readonly string _folder;
    private readonly int _port;
    private readonly Process _watcher;
    private int _databases;

    private PostgresServer(string folder, int port, Process watcher)
    {
        _folder = folder;
        _port = port;
        _watcher = watcher;
    }

    /// <summary>The server that all tests of this process share; it ends with the process.</summary>
    public static Task<PostgresServer> SharedAsync() => SharedServer.Value;

    /// <summary>A new database for a test, on that server; it goes with the server.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> NewDatabaseAsync() => await (await SharedAsync()).CreateDatabaseAsync();

    public static async Task<PostgresServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mesh-postgres-").FullName;
        if (PostgresBinaries.OtherUser is { } user) await PostgresBinaries.RunAsync("chown", [user, folder]);
        var server = new PostgresServer(folder, FreePort.Take(), StartWatcher(folder));
        await PostgresBinaries.RunAsync("initdb", ["-D", server.Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        await server.ResumeAsync();
        return server;
    }

    /// <summary>Makes a new, empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"mesh_{Interlocked.Increment(ref _databases)}");
        await PostgresBinaries.RunAsync("createdb", ["-h", "127.0.0.1", "-p", Port, "-U", User, name]);
        return $"Host=127.0.0.1;Port={Port};Username={User};Database={name}";
    }

    /// <summary>Ends the server at once, as a crash would: it recovers from its log when it starts again.</summary>
    public Task CrashAsync() => PostgresBinaries.RunAsync("pg_ctl", ["-D", Data, "-m", "immediate", "-w", "stop"]);

    /// <summary>Starts the server, and ends when it takes connections.</summary>
    public Task ResumeAsync() => PostgresBinaries.RunAsync(
        "pg_ctl",
        ["-D", Data, "-l", Path.Combine(_folder, "log"), "-w", "-o", $"-p {Port} -k {_folder} -c listen_addresses=127.0.0.1 -c shared_buffers=64MB -c max_connections=300", "start"]);

    public async ValueTask DisposeAsync()
    {
        _watcher.StandardInput.Close();
        await _watcher.WaitForExitAsync();
        _watcher.Dispose();
    }

    private string Data => Path.Combine(_folder, "data");

    private string Port => _port.ToString(CultureInfo.InvariantCulture);

    private static Process StartWatcher(string folder)
    {
        // Its input ends when this process does, however that comes.
        var stop = string.Join(' ', PostgresBinaries.CommandOf("pg_ctl").Select(word => $"'{word}'"));
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"cat; cd /; {stop} -D \"$1/data\" -m immediate -w stop; rm -rf \"$1\"");
        start.ArgumentList.Add("mesh-postgres-watcher");
        start.ArgumentList.Add(folder);
        return Process.Start(start)!;
    }
}
