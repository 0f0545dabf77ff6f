using Mesh.Engine.Queues;
using Mesh.Engine.Storage;
using Mesh.Engine.Time;

namespace Mesh.Engine.Streams;

/// <summary>
/// Looks for streams that keep rows which retention has long taken, and for queues whose oldest messages have long expired, because nobody has them open: a
/// bounded number with each step, round after round. The host calls it now and then, and opens what it finds. Not thread-safe.
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

    private readonly QueueHeads _heads = new(store);
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
        _heads.BeginStep();
        foreach (var stream in streams)
        {
            if (found.Count == FoundMax || _heads.IsUsedUp) return found;
            if (await IsDueAsync(stream, now, cancel)) found.Add(stream.Name);
            _after = stream.Number;
        }

        if (streams.Count < LookedMax)
        {
            _after = default;
            _notBefore = now.Plus(Rest);
        }

        return found;
    }

    private async ValueTask<bool> IsDueAsync(StoredStream stream, RecordTime now, CancellationToken cancel)
    {
        if (stream.Options.ExpiresAt <= now) return true;
        if (stream.FirstBatch is not { } oldest) return false;
        if (oldest.Last < stream.LowWatermark) return true;
        if (oldest.LastTime <= stream.Options.GoneThrough(new RecordTime(now.Micros - (Overdue.Ticks / TimeSpan.TicksPerMicrosecond)))) return true;
        if (stream.Name.Kind != StreamKind.Queue) return false;
        var expiresAt = await _heads.ExpiryAsync(stream.Number, oldest, cancel);
        return expiresAt < RecordTime.Max && now.Since(expiresAt) >= Overdue;
    }
}
