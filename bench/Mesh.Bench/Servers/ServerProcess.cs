using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mesh.Testing;

namespace Mesh.Bench.Servers;

/// <summary>A server started for the bench on a free port of loopback, in a folder of its own, and ended with it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(5);
    private readonly Process _process;
    private readonly string? _folder;

    private ServerProcess(Process process, IPEndPoint endPoint, string? folder)
    {
        _process = process;
        _folder = folder;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>From the start of the process until it took a connection.</summary>
    public TimeSpan StartTime { get; private init; }

    /// <summary>Memory held by the process now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Time that the process has had on the cores so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Redis 7 from the path.</summary>
    /// <param name="durable">Every write is on disk before its answer; else nothing is written at all.</param>
    public static Task<ServerProcess> RedisAsync(bool durable)
    {
        var folder = NewFolder();
        var port = FreePort.Take();
        string[] persistence = durable ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"];
        return StartAsync(Tools.Find("redis-server"), ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--logfile", "redis.log", .. persistence], port, folder);
    }

    /// <summary>Debian's Zaqar 15 under gunicorn: two workers that keep connections open, no authentication.</summary>
    /// <param name="redis">Port of the Redis on loopback that keeps its messages.</param>
    public static Task<ServerProcess> ZaqarAsync(int redis)
    {
        var port = FreePort.Take();
        var application = Path.Combine(Tools.Root, "bench", "Mesh.Bench", "Zaqar");
        Tools.Require("/usr/lib/python3/dist-packages/zaqar", "python3-zaqar");
        string[] arguments = ["-B", "-m", "gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--log-level", "error",
            "--bind", $"127.0.0.1:{port}", "--chdir", application, "--env", $"MESH_BENCH_REDIS={redis}", "peer:application"];
        return StartAsync("/usr/bin/python3", arguments, port, null);
    }

    /// <summary>The embedded host with one door, on the port that its banner shows.</summary>
    /// <param name="data">Where its data is; null for a new SQLite file.</param>
    /// <param name="door">Its option's name.</param>
    /// <param name="more">Further options.</param>
    public static Task<ServerProcess> MeshAsync(string? data = null, string door = "resp", params string[] more)
    {
        var folder = data is null ? NewFolder() : null;
        var host = Path.Combine(Tools.Root, "standalone", "bin", "Release", "net10.0", "standalone.dll");
        string[] doors = ["http", "rse", "grpc", "resp", "rotera", "zaqar-ws"];
        string[] arguments = [host, .. doors.SelectMany(each => new[] { "--" + each, each == door ? "0" : "off" }), "--data", data ?? Path.Combine(folder!, "mesh.db"), .. more];
        return StartAsync("dotnet", arguments, null, folder);
    }

    /// <summary>What the web server alone takes: a bare connection handler, or a bare handler of requests.</summary>
    /// <param name="kind"><c>bare</c> or <c>bare-http</c>.</param>
    public static Task<ServerProcess> BareAsync(string kind = "bare")
    {
        var port = FreePort.Take();
        return StartAsync("dotnet", [typeof(ServerProcess).Assembly.Location, kind, $"{port}"], port, null);
    }

    public static string NewFolder() => Directory.CreateTempSubdirectory("mesh-bench-").FullName;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts a program and waits until it takes connections. Without a port, the server chooses one and says so.</summary>
    private static async Task<ServerProcess> StartAsync(string program, string[] arguments, int? port, string? folder)
    {
        var since = Stopwatch.StartNew();
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = new ConcurrentQueue<string?>();
        process.OutputDataReceived += (_, line) => output.Enqueue(line.Data);
        process.ErrorDataReceived += (_, line) => output.Enqueue(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (since.Elapsed < StartMax && !process.HasExited)
        {
            var endPoint = port is { } known ? new IPEndPoint(IPAddress.Loopback, known) : Announced(output);
            if (endPoint is not null && await TryConnectAsync(endPoint)) return new ServerProcess(process, endPoint, folder) { StartTime = since.Elapsed };
            await Task.Delay(5);
        }

        if (!process.HasExited) process.Kill();
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} did not open its port:\n{string.Join('\n', output)}");
    }

    private static IPEndPoint? Announced(IEnumerable<string?> output)
    {
        var line = output.Select(each => each?.TrimStart() ?? "").FirstOrDefault(each => each.StartsWith("RESP ", StringComparison.Ordinal) || each.StartsWith("HTTP ", StringComparison.Ordinal) || each.StartsWith("RSE ", StringComparison.Ordinal));
        return line is null ? null : IPEndPoint.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].Replace("http://", "", StringComparison.Ordinal));
    }

    private static async Task<bool> TryConnectAsync(IPEndPoint endPoint)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
