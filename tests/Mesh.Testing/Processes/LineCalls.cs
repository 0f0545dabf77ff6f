using System.Collections.Concurrent;
using System.Globalization;

namespace Mesh.Testing.Processes;

/// <summary>
/// Calls between two processes over one connection, in both directions and many at a time: a line a call, <c>? number verb argument</c>, and a line its answer,
/// <c>= number answer</c>. No part may hold a line break. Thread-safe.
/// </summary>
public sealed class LineCalls : IDisposable
{
    private readonly Stream _stream;
    private readonly StreamWriter _writer;
    private readonly Func<string, string, ValueTask<string>> _answer;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<string>> _waiting = new();
    private long _last;
    private volatile bool _isGone;

    /// <param name="stream">The connection; it goes with this.</param>
    /// <param name="answer">Answers calls of the other end, from their verb and argument, on threads of the pool.</param>
    public LineCalls(Stream stream, Func<string, string, ValueTask<string>> answer)
    {
        _stream = stream;
        _answer = answer;
        _writer = new StreamWriter(stream) { AutoFlush = true };
        Ended = Task.Run(ReadAsync);
    }

    /// <summary>Done when the other end is gone.</summary>
    public Task Ended { get; }

    /// <exception cref="IOException">The other end is gone.</exception>
    public async Task<string> CallAsync(string verb, string argument = "")
    {
        var number = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = answer;
        Write($"? {number} {verb} {argument}");
        if (_isGone) answer.TrySetException(Gone());
        return await answer.Task;
    }

    public void Dispose() => _stream.Dispose();

    private async Task ReadAsync()
    {
        using var reader = new StreamReader(_stream);
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                var parts = line.Split(' ', 3);
                if (parts[0] == "?") _ = Task.Run(() => AnswerAsync(parts[1], parts[2]));
                else if (_waiting.TryRemove(long.Parse(parts[1], CultureInfo.InvariantCulture), out var answer)) answer.SetResult(parts[2]);
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            // The other end is gone, or this one.
        }

        _isGone = true; // who calls from now on sees it, and who has called before is found here
        foreach (var answer in _waiting.Values) answer.TrySetException(Gone());
    }

    private async Task AnswerAsync(string number, string call)
    {
        var parts = call.Split(' ', 2);
        try
        {
            Write($"= {number} {await _answer(parts[0], parts[1])}");
        }
        catch (IOException)
        {
            // Nobody waits for it.
        }
        catch
        {
            Dispose(); // whoever called hears of it, and waits no longer
            throw;
        }
    }

    /// <exception cref="IOException">The other end is gone.</exception>
    private void Write(string line)
    {
        try
        {
            lock (_writer) _writer.WriteLine(line);
        }
        catch (ObjectDisposedException)
        {
            throw Gone();
        }
    }

    private static IOException Gone() => new("The process at the other end is gone.");
}
