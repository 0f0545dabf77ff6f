using Mesh.Frames;

namespace Mesh.Queues;

/// <summary>The dead letters of one queue, in the queue that takes them. Other queues' may be there too; they are passed over. Thread-safe.</summary>
/// <param name="mesh">Where both are.</param>
/// <param name="source">The queue that they come from.</param>
/// <param name="letters">The queue that they are in.</param>
public sealed class DeadLetters(IMesh mesh, StreamName source, StreamName letters)
{
    /// <summary>Records looked at together, at the most.</summary>
    public const int RecordsMax = 1000;

    private readonly IQueue _letters = mesh.Queue(letters);

    /// <summary>The queue that they are in.</summary>
    public StreamName Queue => letters;

    /// <summary>Finds the queue of a queue's dead letters.</summary>
    /// <returns>Null when the queue does not exist, or has none.</returns>
    public static async ValueTask<DeadLetters?> FindAsync(IMesh mesh, StreamName source, CancellationToken cancel = default)
    {
        var entry = await mesh.Catalogue.FindAsync(source, cancel).ConfigureAwait(false);
        return entry?.Options.DeadLetterQueue is { } letters ? new DeadLetters(mesh, source, StreamName.Queue(letters, source.Project)) : null;
    }

    /// <summary>Dead letters after a sequence, claimed ones too. A page may have few or none and there still be more.</summary>
    /// <param name="after">The last sequence looked at; 0 to begin.</param>
    /// <param name="limit">Records looked at, 1 to <see cref="RecordsMax"/>.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>Those of the page that come from the queue, and the last sequence looked at: null at the end.</returns>
    public async ValueTask<(QueuePage Page, Sequence? LookedAt)> ListAsync(Sequence after, int limit, CancellationToken cancel = default)
    {
        var page = await _letters.ListAsync(new QueueQuery { After = after, RecordsMax = limit, IncludeClaimed = true, IncludeDelayed = true }, cancel).ConfigureAwait(false);
        Sequence? last = null;
        foreach (var record in page.Records) last = record.Sequence;
        return (Of(page), last);
    }

    /// <summary>Puts dead letters that nobody has claimed back into their queue.</summary>
    /// <param name="sequences">Which, at most <see cref="RecordsMax"/>; null puts back all that are there now. Others' are passed over.</param>
    /// <param name="ttl">Their time to live from now on; null keeps what is left.</param>
    /// <param name="cancel">Ends the call; what was moved by then is moved.</param>
    /// <returns>How many.</returns>
    public async ValueTask<long> RedriveAsync(IReadOnlyList<Sequence>? sequences, TimeSpan? ttl, CancellationToken cancel = default)
    {
        if (sequences is not null) return await MoveAsync(await _letters.GetAsync(sequences, cancel).ConfigureAwait(false), ttl, cancel).ConfigureAwait(false);

        // What comes back while this goes on waits for the next time.
        var end = (await _letters.StateAsync(cancel).ConfigureAwait(false)).HighWatermark;
        long moved = 0;
        for (var after = Sequence.None; after < end;)
        {
            var page = await _letters.ListAsync(new QueueQuery { After = after, RecordsMax = RecordsMax, IncludeDelayed = true }, cancel).ConfigureAwait(false);
            if (page.Records.Count == 0) break;
            foreach (var record in page.Records) after = record.Sequence;
            moved += await MoveAsync(page, ttl, cancel).ConfigureAwait(false);
        }

        return moved;
    }

    private async ValueTask<int> MoveAsync(QueuePage page, TimeSpan? ttl, CancellationToken cancel)
    {
        var sequences = new List<Sequence>();
        foreach (var record in page.Records)
            if (IsOurs(record)) sequences.Add(record.Sequence);
        return sequences.Count == 0 ? 0 : await _letters.MoveAsync(source, sequences, ttl, cancel).ConfigureAwait(false);
    }

    private QueuePage Of(QueuePage page)
    {
        var slices = new List<BatchSlice>();
        var states = new List<QueueRecordState>();
        var at = 0;
        foreach (var slice in page.Records.Slices)
        {
            for (var records = slice.GetEnumerator(); records.MoveNext(); at++)
            {
                if (!IsOurs(records.Current)) continue;
                slices.Add(new BatchSlice(slice.Batch, records.Offset, records.Index, 1));
                states.Add(page.States[at]);
            }
        }

        return page with { Records = new RecordPage(slices, page.Records.Next, page.Records.LowWatermark, page.Records.HighWatermark), States = states };
    }

    private bool IsOurs(in RecordView record) => DeadLetterTag.SourceOf(record) == source.Name;
}
