namespace Mesh.Testing.Tools;

/// <summary>A script that an interpreter runs; it is ended with this, and its file deleted.</summary>
public sealed class RunningScript : IDisposable
{
    private readonly string _script;
    private readonly RunningProgram _program;

    /// <param name="interpreter">The program.</param>
    /// <param name="script">The file.</param>
    /// <param name="arguments">Its own.</param>
    public RunningScript(string interpreter, string script, params string[] arguments) =>
        (_script, _program) = (script, new RunningProgram(interpreter, [script, .. arguments]));

    /// <inheritdoc cref="RunningProgram.ReadLineAsync"/>
    public Task<string> ReadLineAsync() => _program.ReadLineAsync();

    /// <inheritdoc cref="RunningProgram.AskAsync"/>
    public Task<string> AskAsync(string line) => _program.AskAsync(line);

    public void Dispose()
    {
        _program.Dispose();
        File.Delete(_script);
    }
}
