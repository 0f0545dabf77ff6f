using System.Diagnostics;

namespace Mesh.Testing.Tools;

/// <summary>A program whose lines are read while it runs; it is ended with this.</summary>
public sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan LineMax = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;

    public RunningProgram(string program, params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments)
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
        await _process.StandardOutput.ReadLineAsync().WaitAsync(LineMax) ?? throw new InvalidOperationException($"The program has ended: {await _errors}");

    public async Task<string[]> ReadLinesAsync(int count)
    {
        var lines = new string[count];
        for (var i = 0; i < count; i++) lines[i] = await ReadLineAsync();
        return lines;
    }

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
    }
}
