using Mesh.Frames;

namespace Mesh.Hosting.Health;

/// <summary>Finds out whether appends are committed, by committing one to a stream of its own that keeps one record. Thread-safe.</summary>
internal sealed class StorageProbe(IMesh mesh, TimeProvider clock)
{
    /// <summary>A probe that takes longer has failed.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer is good, so that asking often costs nothing.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private static readonly StreamName Stream = StreamName.Channel("readiness", project: "$host");
    private readonly Lock _asking = new();
    private Task<string?> _last = Task.FromResult<string?>(null);
    private Task<AppendResult>? _commit;
    private long _lastAt = long.MinValue;

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
            // While storage hangs, one append waits there, however often it is asked.
            if (_commit is null or { IsCompleted: true }) _commit = CommitAsync();
            return await _commit.WaitAsync(Timeout, clock).ConfigureAwait(false) switch
            {
                AppendResult.Appended => null,
                AppendResult.Busy => "storage is behind: too much waits to be committed",
                var other => $"storage answered {other}",
            };
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

    private async Task<AppendResult> CommitAsync()
    {
        await mesh.Catalogue.CreateAsync(Stream, new StreamOptions { RetentionCount = 1 }, default).ConfigureAwait(false);
        using var writer = new SegmentWriter(64);
        writer.Add(default, "ready?"u8);
        return await mesh.Channel(Stream).AppendAsync(writer.Finish()).ConfigureAwait(false);
    }
}
