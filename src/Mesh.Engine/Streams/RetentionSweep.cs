using Mesh.Engine.Storage;
using Mesh.Engine.Time;

namespace Mesh.Engine.Streams;

/// <summary>
/// Looks for streams that keep rows which retention has long taken, because nobody has them open: a bounded number with each step, round after round. The
/// host calls it now and then, and opens what it finds. Not thread-safe.
/// </summary>
public sealed class RetentionSweep(ILogStore store, SteadyClock clock)
{
    /// <summary>Streams looked at with one step.</summary>
    public const int LookedMax = 500;

    /// <summary>Streams found with one step at most: each is opened, and trimmed by a commit.</summary>
    public const int FoundMax = 50;

    /// <summary>Whoever has a stream open deletes sooner than that; so the sweep takes a stream from no living owner.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(1);

    /// <summary>From the end of one round to the beginning of the next.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private StreamNumber _after;
    private RecordTime _notBefore;

    /// <summary>One step.</summary>
    /// <returns>Streams to be opened and maintained.</returns>
    public async ValueTask<IReadOnlyList<StreamName>> NextAsync(CancellationToken cancel = default)
    {
        var now = clock.Now();
        if (now < _notBefore) return [];
        var streams = await store.ListStoredAsync(_after, LookedMax, cancel);
        var found = new List<StreamName>();
        foreach (var stream in streams)
        {
            _after = stream.Number;
            if (!IsDue(stream, now)) continue;
            found.Add(stream.Name);
            if (found.Count == FoundMax) return found;
        }

        if (streams.Count < LookedMax)
        {
            _after = default;
            _notBefore = now.Plus(Rest);
        }

        return found;
    }

    private static bool IsDue(in StoredStream stream, RecordTime now)
    {
        if (stream.FirstBatch is not { } oldest) return false;
        return oldest.Last < stream.LowWatermark || (stream.Options.RetentionAge is { } age && now.Since(oldest.LastTime) - Overdue >= age);
    }
}
