using System.Diagnostics;

namespace Mesh.Testing.Tools;

/// <summary>A script that an interpreter runs; it is ended with this, and its file deleted.</summary>
public sealed class RunningScript : IDisposable
{
    private static readonly TimeSpan LineMax = TimeSpan.FromSeconds(60);

    private readonly string _script;
    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <param name="interpreter">The program.</param>
    /// <param name="script">The file.</param>
    /// <param name="arguments">Its own.</param>
    public RunningScript(string interpreter, string script, params string[] arguments)
    {
        _script = script;
        _process = Process.Start(new ProcessStartInfo(interpreter, [script, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The next line that it prints.</summary>
    /// <exception cref="InvalidOperationException">It has ended; the text holds what it said.</exception>
    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(LineMax) ?? throw new InvalidOperationException($"The script has ended: {await _errors}");

    /// <summary>Gives it a line, and waits for the next that it prints.</summary>
    /// <exception cref="InvalidOperationException">As of <see cref="ReadLineAsync"/>.</exception>
    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await ReadLineAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_script);
    }
}
