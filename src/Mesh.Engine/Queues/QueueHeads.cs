using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>
/// When the oldest batches of queues expire, by reading them: a bounded number of bytes with each step, and each batch once as far as it is remembered. What
/// claims have prolonged is not known here. Not thread-safe.
/// </summary>
internal sealed class QueueHeads(ILogStore store)
{
    /// <summary>Bytes after which a step reads no further batch.</summary>
    public const long StepBytesMax = 4 * 1024 * 1024;

    /// <summary>Batches remembered, about 60 bytes each; beyond it all are forgotten, and read again.</summary>
    private const int RememberedMax = 100_000;

    private readonly Dictionary<StreamNumber, (Sequence First, RecordTime ExpiresAt)> _known = [];
    private long _bytesLeft;

    /// <summary>The step may read nothing more.</summary>
    public bool IsUsedUp => _bytesLeft <= 0;

    public void BeginStep() => _bytesLeft = StepBytesMax;

    /// <summary>When the last record of a queue's oldest batch expires; <see cref="RecordTime.Max"/> when one does not, or they cannot be read.</summary>
    /// <param name="queue">Which queue.</param>
    /// <param name="oldest">Its oldest batch.</param>
    /// <param name="cancel">Ends the call.</param>
    public async ValueTask<RecordTime> ExpiryAsync(StreamNumber queue, BatchPlace oldest, CancellationToken cancel)
    {
        if (_known.TryGetValue(queue, out var known) && known.First == oldest.First) return known.ExpiresAt;
        var page = await store.ReadAsync(queue, oldest.First, oldest.Last, bytesMax: 1, cancel);
        var expiresAt = RecordTime.Max;
        if (page.Batches is [var batch, ..])
        {
            _bytesLeft -= batch.Bytes.Length;
            expiresAt = ExpiryOf(batch);
        }

        if (_known.Count >= RememberedMax) _known.Clear();
        _known[queue] = (oldest.First, expiresAt);
        return expiresAt;
    }

    private static RecordTime ExpiryOf(in StoredBatch batch)
    {
        var last = RecordTime.None;
        foreach (var record in BatchSlice.Whole(batch.Bytes, batch.Header))
        {
            if (record.ExpiresAt > last) last = record.ExpiresAt;
            if (last == RecordTime.Max) break;
        }

        return last;
    }
}
