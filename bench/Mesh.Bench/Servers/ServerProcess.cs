using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mesh.Testing;

namespace Mesh.Bench.Servers;

/// <summary>A server started for the bench on a free port of loopback, in a folder of its own, and ended with it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Garnet = "garnet-server";
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(5);
    private readonly Process _process;
    private readonly string? _folder;
    private readonly ConcurrentQueue<string?> _output;

    private ServerProcess(Process process, ConcurrentQueue<string?> output, IPEndPoint endPoint, string? folder)
    {
        _process = process;
        _output = output;
        _folder = folder;
        EndPoint = endPoint;
    }

    /// <summary>Where it listens; the first place that it shows, if it has several.</summary>
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

    /// <summary>Garnet, which is a .NET tool, from the path or the folder of such tools.</summary>
    /// <returns>Null, after a line that says so, when it is not there: the others can be compared without it.</returns>
    public static async Task<ServerProcess?> TryGarnetAsync()
    {
        var tools = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools", Garnet);
        if (!Tools.Has(Garnet) && !File.Exists(tools))
        {
            Console.WriteLine($"\nGarnet is left out, for {Garnet} is not on the PATH: dotnet tool install --global {Garnet}.");
            return null;
        }

        var folder = NewFolder();
        var port = FreePort.Take();
        string[] arguments = ["--port", $"{port}", "--bind", "127.0.0.1", "--checkpointdir", folder];
        return await StartAsync(Tools.Has(Garnet) ? Tools.Find(Garnet) : tools, arguments, port, folder);
    }

    /// <summary>NATS from the path, with JetStream in files.</summary>
    public static Task<ServerProcess> NatsAsync()
    {
        var folder = NewFolder();
        var port = FreePort.Take();
        return StartAsync(Tools.Find("nats-server"), ["--addr", "127.0.0.1", "--port", $"{port}", "--jetstream", "--store_dir", folder], port, folder);
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

    /// <summary>The embedded host, on the ports that its banner shows.</summary>
    /// <param name="data">Where its data is; null for a new SQLite file.</param>
    /// <param name="doors">Its doors by their options' names, a comma between them.</param>
    /// <param name="more">Further options.</param>
    public static Task<ServerProcess> MeshAsync(string? data = null, string doors = "resp", params string[] more)
    {
        var folder = data is null ? NewFolder() : null;
        return StartAsync("dotnet", [HostOf("standalone"), .. Open(doors), "--data", data ?? Path.Combine(folder!, "mesh.db"), .. more], null, folder);
    }

    /// <summary>A silo of a cluster.</summary>
    /// <param name="data">The cluster's database.</param>
    public static Task<ServerProcess> SiloAsync(string data) => StartAsync(
        "dotnet", [HostOf("silo-host"), "--data", data, "--http", "0", "--silo-port", $"{FreePort.Take()}", "--gateway-port", $"{FreePort.Take()}"], null, null);

    /// <summary>A gateway of a cluster, as <see cref="MeshAsync"/>.</summary>
    public static Task<ServerProcess> GatewayAsync(string data, string doors) => StartAsync("dotnet", [HostOf("gateway"), .. Open(doors), "--data", data], null, null);

    /// <summary>What the web server alone takes: a bare connection handler, or a bare handler of requests.</summary>
    /// <param name="kind"><c>bare</c> or <c>bare-http</c>.</param>
    public static Task<ServerProcess> BareAsync(string kind = "bare")
    {
        var port = FreePort.Take();
        return StartAsync("dotnet", [typeof(ServerProcess).Assembly.Location, kind, $"{port}"], port, null);
    }

    /// <summary>Where one of its doors is.</summary>
    /// <param name="name">As the banner shows it.</param>
    public IPEndPoint At(string name) => Announced(_output, name) ?? throw new InvalidOperationException($"It has no {name} door:\n{string.Join('\n', _output)}");

    /// <summary>Ends it at once, and keeps what it had on disk.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
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
            var endPoint = port is { } known ? new IPEndPoint(IPAddress.Loopback, known) : Announced(output, "RESP", "HTTP", "RSE");
            if (endPoint is not null && await TryConnectAsync(endPoint)) return new ServerProcess(process, output, endPoint, folder) { StartTime = since.Elapsed };
            await Task.Delay(5);
        }

        if (!process.HasExited) process.Kill();
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} did not open its port:\n{string.Join('\n', output)}");
    }

    private static string HostOf(string program)
    {
        var host = Path.Combine(Tools.Root, program, "bin", "Release", "net10.0", program + ".dll");
        return File.Exists(host) ? host : throw new FileNotFoundException($"{host} is missing: dotnet build {program} -c Release.");
    }

    private static IEnumerable<string> Open(string doors)
    {
        var open = doors.Split(',');
        return new[] { "http", "rse", "grpc", "resp", "zaqar-ws", "rotera" }.SelectMany(each => new[] { "--" + each, open.Contains(each) ? "0" : "off" });
    }

    private static IPEndPoint? Announced(IEnumerable<string?> output, params string[] doors)
    {
        var line = output.Select(each => each?.TrimStart() ?? "").FirstOrDefault(each => Array.Exists(doors, door => each.StartsWith(door + " ", StringComparison.Ordinal)));
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
