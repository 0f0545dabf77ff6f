using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Mesh.Testing.Tools;

/// <summary>A <c>redis-server</c> of the test's own, on a socket in a folder of its own, keeping nothing.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(60);
    private static readonly Lazy<bool> IsThere = new(() => Command.Works("redis-server", "--version"));

    private readonly TempFolder _folder;
    private readonly Process _process;

    private RedisServer(TempFolder folder, Process process, EndPoint endPoint)
    {
        _folder = folder;
        _process = process;
        EndPoint = endPoint;
    }

    /// <summary>Null when it can be run, else the command that gets it.</summary>
    public static string? Missing => IsThere.Value ? null : "Needs redis-server: apt-get install redis-server";

    public EndPoint EndPoint { get; }

    public static async Task<RedisServer> StartAsync()
    {
        var folder = new TempFolder();
        var socket = Path.Combine(folder.Path, "redis.sock");
        string[] arguments = ["--port", "0", "--unixsocket", socket, "--dir", folder.Path, "--save", "", "--appendonly", "no"];
        var process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var server = new RedisServer(folder, process, new UnixDomainSocketEndPoint(socket));
        await server.OpenAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task OpenAsync()
    {
        using var limit = new CancellationTokenSource(StartTimeMax);
        while (true)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(EndPoint, limit.Token);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Delay(20, limit.Token); // it is still starting
            }
        }
    }
}
