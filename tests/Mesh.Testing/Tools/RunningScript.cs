using System.Diagnostics;

namespace Mesh.Testing.Tools;

/// <summary>A script that node runs; it is ended with this, and its file deleted.</summary>
public sealed class RunningScript : IDisposable
{
    private static readonly TimeSpan LineMax = TimeSpan.FromSeconds(60);

    private readonly string _script;
    private readonly Process _process;
    private readonly Task<string> _errors;

    internal RunningScript(string script, string[] arguments)
    {
        _script = script;
        _process = Process.Start(new ProcessStartInfo("node", [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The next line that it prints.</summary>
    /// <exception cref="InvalidOperationException">It has ended; the text holds what it said.</exception>
    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(LineMax) ?? throw new InvalidOperationException($"The script has ended: {await _errors}");

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_script);
    }
}
