using Mesh.Frames;

namespace Mesh.Hosting.Health;

/// <summary>Finds out whether storage takes what the process has to store. Thread-safe.</summary>
/// <param name="ask">Answers null when it does, else why not. A <see cref="StorageUnavailableException"/> says why not, too.</param>
/// <param name="clock">Times the questions.</param>
internal sealed class StorageProbe(Func<Task<string?>> ask, TimeProvider clock)
{
    /// <summary>A probe that takes longer has failed.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer is good, so that asking often costs nothing.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private static readonly StreamName Stream = StreamName.Channel("readiness", project: "$host");
    private readonly Lock _asking = new();
    private Task<string?> _last = Task.FromResult<string?>(null);
    private Task<string?>? _asked;
    private long _lastAt = long.MinValue;

    /// <summary>Asks by committing a record to a stream of its own that keeps one.</summary>
    public StorageProbe(IMesh mesh, TimeProvider clock)
        : this(() => CommitAsync(mesh), clock)
    {
    }

    /// <returns>Null when storage takes appends, else why not.</returns>
    public Task<string?> AskAsync()
    {
        lock (_asking)
        {
            var fresh = _lastAt != long.MinValue && clock.GetElapsedTime(_lastAt) < KeptFor;
            if (fresh || !_last.IsCompleted) return _last;
            _lastAt = clock.GetTimestamp();
            return _last = ProbeAsync();
        }
    }

    private async Task<string?> ProbeAsync()
    {
        try
        {
            // While storage hangs, one question waits there, however often it is asked.
            if (_asked is null or { IsCompleted: true }) _asked = ask();
            return await _asked.WaitAsync(Timeout, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return $"storage did not commit within {Timeout.TotalSeconds:0} s";
        }
        catch (Exception failure) when (failure is StorageUnavailableException or StreamFencedException or ObjectDisposedException)
        {
            return failure.Message;
        }
    }

    private static async Task<string?> CommitAsync(IMesh mesh)
    {
        await mesh.Catalogue.CreateAsync(Stream, new StreamOptions { RetentionCount = 1 }, default).ConfigureAwait(false);
        using var writer = new SegmentWriter(64);
        writer.Add(default, "ready?"u8);
        return await mesh.Channel(Stream).AppendAsync(writer.Finish()).ConfigureAwait(false) switch
        {
            AppendResult.Appended => null,
            AppendResult.Busy => "storage is behind: too much waits to be committed",
            var other => $"storage answered {other}",
        };
    }
}
