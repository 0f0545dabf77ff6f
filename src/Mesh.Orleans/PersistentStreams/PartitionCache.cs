using Orleans.Streams;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>
/// What an agent knows of its partition: the window of its newest records, and where each consumer stands. A slow consumer holds nothing back: it reads from
/// the partition what has left the window. Thread-safe.
/// </summary>
internal sealed class PartitionCache(IPartition partition, EventCodec codec, MeshPersistentStreamOptions options, int deliveredTogether) : IQueueCache
{
    private const int AddMax = 1000;

    private readonly HashSet<StreamCursor> _cursors = [];
    private readonly Dictionary<StreamId, MeshStreamToken> _wakes = [];
    private readonly SemaphoreSlim _readBacks = new(options.ReadBacksMax);
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Guards all that cursors and window hold; never held while waiting.</summary>
    public Lock Change { get; } = new();

    public PartitionWindow Window { get; } = new(options.WindowBytesMax);

    public EventCodec Codec => codec;

    public IPartition Partition => partition;

    /// <summary>Records that the agent hands to a consumer in one call.</summary>
    public int DeliveredTogether => deliveredTogether;

    /// <summary>Through here, every consumer there was had a cursor.</summary>
    public Sequence SettledThrough { get; private set; } = Sequence.None;

    /// <summary>Completed while there are wakes to take.</summary>
    public Task Woken
    {
        get
        {
            lock (Change) return _woken.Task;
        }
    }

    public int GetMaxAddCount() => AddMax;

    public bool IsUnderPressure() => false;

    /// <summary>Takes in what has arrived. A partition that was made anew is begun anew.</summary>
    public void AddToCache(IList<IBatchContainer> messages)
    {
        lock (Change)
        {
            foreach (var message in messages)
            {
                if (message is not RecordBatch { Record: var record }) continue;
                if (record.Sequence < Window.Next) Restart(record.Sequence);
                Window.Add(record);
            }
        }
    }

    /// <summary>Nothing is purged by the agent: the window sees to its bytes itself.</summary>
    public bool TryPurgeFromCache([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out IList<IBatchContainer> purgedItems)
    {
        purgedItems = null;
        return false;
    }

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
    {
        lock (Change)
        {
            var cursor = new StreamCursor(this, streamId, token is null ? null : MeshStreamToken.Of(token));
            _cursors.Add(cursor);
            return cursor;
        }
    }

    /// <summary>The agent says so only when no consumer is on its way in; what each has is known from its cursor.</summary>
    public void UpdateDeliveryProgress(StreamSequenceToken? earliestSubscriptionToken, DateTime utcNow)
    {
        lock (Change) SettledThrough = new Sequence(Window.Next.Value - 1);
    }

    /// <summary>To be called under <see cref="Change"/>.</summary>
    /// <returns>False when it was removed before.</returns>
    public bool Remove(StreamCursor cursor) => _cursors.Remove(cursor);

    /// <summary>Makes the agent look after a stream.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="from">Where consumers begin that know no place of their own; by default, what comes from now on.</param>
    public void Wake(StreamId stream, MeshStreamToken? from = null)
    {
        lock (Change)
        {
            _wakes.TryAdd(stream, from ?? MeshStreamToken.From(Window.Next));
            _woken.TrySetResult();
        }
    }

    public List<IBatchContainer> TakeWakes()
    {
        lock (Change)
        {
            if (_wakes.Count == 0) return [];
            List<IBatchContainer> wakes = [.. _wakes.Select(wake => new Wake(wake.Key, wake.Value))];
            _wakes.Clear();
            _woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return wakes;
        }
    }

    /// <summary>A page of old records; only so many are read at a time.</summary>
    public async Task<RecordPage> ReadBackAsync(ReadQuery query, CancellationToken cancel)
    {
        await _readBacks.WaitAsync(cancel);
        try
        {
            return await partition.ReadAsync(query with { BytesMax = options.ReadBackBytesMax }, cancel);
        }
        finally
        {
            _readBacks.Release();
        }
    }

    /// <summary>What is delivered, as far as it may be written down.</summary>
    /// <param name="number">The partition's.</param>
    /// <param name="through">Not beyond here.</param>
    public Checkpoint Position(StreamNumber number, Sequence through)
    {
        lock (Change)
        {
            var lagging = _cursors
                .Select(cursor => (cursor.Stream, cursor.Pending))
                .Where(cursor => cursor.Pending <= through)
                .GroupBy(cursor => cursor.Stream, (stream, cursors) => new LaggingStream(stream, cursors.Min(cursor => cursor.Pending!.Value)))
                .OrderBy(stream => stream.From)
                .ToList();
            if (lagging.Count > options.LaggingStreamsMax)
            {
                through = new Sequence(lagging[options.LaggingStreamsMax].From.Value - 1);
                lagging.RemoveAll(stream => stream.From > through);
            }

            return new Checkpoint(number, through, lagging);
        }
    }

    private void Restart(Sequence from)
    {
        Window.Begin(from);
        SettledThrough = Sequence.None;
        foreach (var cursor in _cursors) cursor.Restart(from);
    }
}
