using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Mesh.Testing.Processes;

/// <summary>A built host, run as a user runs it: a process of its own.</summary>
public sealed class MeshProcess : IAsyncDisposable
{
    /// <summary>Kestrel's warning that the machine let it wait for a second, which says nothing of the host.</summary>
    private const string MachineIsSlow = "the heartbeat has been running for";

    private const int SignalTerm = 15;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;
    private const string BannerEnd = "Options: --help";

    /// <summary>Where all silos were killed, another waits for a while before it starts.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private bool _isDisposed;

    private MeshProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => OnError(line.Data);
        _process.BeginErrorReadLine();
    }

    public string Banner { get; private set; } = "";

    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public IPEndPoint Resp => EndPoint("RESP");

    public Uri Http => new($"http://{EndPoint("HTTP")}");

    public Uri Rse => new($"http://{EndPoint("RSE")}");

    public Uri Grpc => new($"http://{EndPoint("gRPC")}");

    public IPEndPoint Rotera => EndPoint("rotera");

    public Uri ZaqarWs => new($"ws://{EndPoint("WS")}/");

    /// <summary>A program built beside the tests.</summary>
    /// <param name="program">Its name, without the ending.</param>
    /// <param name="arguments">Its command line.</param>
    public static ProcessStartInfo Command(string program, params string[] arguments) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };

    /// <summary>Starts it, and waits for its banner's end.</summary>
    public static async Task<MeshProcess> OpenAsync(ProcessStartInfo start)
    {
        var mesh = new MeshProcess(start);
        var banner = new StringBuilder();
        using var timeout = new CancellationTokenSource(StartMax);
        try
        {
            while (await mesh._process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                banner.AppendLine(line);
                if (!line.StartsWith(BannerEnd, StringComparison.Ordinal)) continue;
                mesh.Banner = banner.ToString();
                return mesh;
            }
        }
        catch (OperationCanceledException)
        {
            await mesh.DisposeAsync();
            throw new TimeoutException($"The host's banner was not done within {StartMax.TotalSeconds:0} s:\n{banner}\n{mesh.Errors}");
        }

        var (code, errors) = await mesh.EndAsync();
        throw new InvalidOperationException($"The host ended with {code} before its banner was done:\n{banner}\n{errors}");
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(ProcessStartInfo start)
    {
        await using var mesh = new MeshProcess(start);
        var output = await mesh._process.StandardOutput.ReadToEndAsync().WaitAsync(StartMax);
        var (code, errors) = await mesh.EndAsync();
        return (code, output, errors);
    }

    /// <summary>Waits until it has said this on standard error.</summary>
    public Task SaidAsync(string text) =>
        Eventually.TrueAsync(() => Task.FromResult(Errors.Contains(text, StringComparison.Ordinal)), $"the process says \"{text}\"");

    public void Terminate() => Assert0(Kill(_process.Id, SignalTerm));

    /// <summary>Stands still until <see cref="Resume"/>, and knows nothing of it.</summary>
    public void Pause() => Assert0(Kill(_process.Id, SignalStop));

    public void Resume() => Assert0(Kill(_process.Id, SignalContinue));

    public void KillHard() => _process.Kill();

    /// <summary>Waits for the process to end by itself.</summary>
    public async Task<(int Code, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(StartMax);
        return (_process.ExitCode, Errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void OnError(string? line)
    {
        if (line?.Contains(MachineIsSlow, StringComparison.Ordinal) == true) return;
        lock (_errors) _errors.AppendLine(line);
    }

    private IPEndPoint EndPoint(string door)
    {
        var match = Regex.Match(Banner, $@"^\s+{door}\s+(?:http://)?(\S+)", RegexOptions.Multiline);
        return match.Success ? IPEndPoint.Parse(match.Groups[1].Value) : throw new InvalidOperationException($"The banner shows no {door}:\n{Banner}");
    }

    private static void Assert0(int result)
    {
        if (result != 0) throw new InvalidOperationException("The process could not be signalled.");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
