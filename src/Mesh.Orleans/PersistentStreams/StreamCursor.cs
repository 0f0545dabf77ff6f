using Orleans.Streams;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>
/// Where one consumer of one stream stands. Within the window its next record is at hand; before it, the partition is read again in the background, and
/// the agent is woken when something is there, for it cannot wait in here. All state is guarded by the cache's lock.
/// </summary>
internal sealed class StreamCursor : IQueueCacheCursor
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PartitionCache _cache;
    private readonly Queue<StreamRecord> _ahead = new();
    private readonly List<Sequence> _underWay = [];
    private readonly RecordTime _notBefore;
    private readonly CancellationTokenSource _stop = new();
    private Sequence _next;
    private StreamRecord? _current;
    private bool _mustSeek;
    private bool _isTaken;
    private bool _isDrained;
    private bool _isReading;

    /// <param name="cache">The partition's.</param>
    /// <param name="stream">Which of its streams.</param>
    /// <param name="token">Where to begin; null for what comes from now on.</param>
    public StreamCursor(PartitionCache cache, StreamId stream, MeshStreamToken? token)
    {
        _cache = cache;
        Stream = stream;
        _notBefore = new RecordTime(token?.TimeMicros ?? 0);
        _mustSeek = token?.TimeMicros > 0;
        _next = token is null ? cache.Window.Next : new Sequence(Math.Max(1, token.IsBehind ? token.SequenceNumber + 1 : token.SequenceNumber));
    }

    public StreamId Stream { get; }

    /// <summary>The first record of which it is not known that the consumer has it; null when it has all there are.</summary>
    public Sequence? Pending
    {
        get
        {
            if (_underWay.Count > 0) return _underWay[0];
            if (_current is not null && !_isTaken) return _current.Sequence;
            if (_ahead.TryPeek(out var first)) return first.Sequence;
            if (_mustSeek) return Sequence.First;
            return MustReadBack ? _next : _cache.Window.Find(Stream, _next)?.Sequence;
        }
    }

    private bool MustReadBack => _mustSeek || _next < _cache.Window.Low;

    /// <summary>
    /// A record that was offered and not taken is offered again: an agent whose consumer asks for another place makes a cursor there and steps once, to pass
    /// what the consumer has, but a token here says already whether its record is wanted.
    /// </summary>
    public bool MoveNext()
    {
        lock (_cache.Change)
        {
            if (_current is not null && !_isTaken) return true;

            // Asking on tells that what was taken before is delivered: at once, or together, up to as many as go in one call.
            if (_isDrained || _underWay.Count >= _cache.DeliveredTogether) _underWay.Clear();
            _current = TakeNext();
            _isTaken = false;
            _isDrained = _current is null;
            return !_isDrained;
        }
    }

    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        exception = null;
        lock (_cache.Change)
        {
            if (_current is null) return null;
            if (!_isTaken) _underWay.Add(_current.Sequence);
            _isTaken = true;
            return RecordBatch.Leaving(_current, _cache.Codec.Serializer);
        }
    }

    /// <summary>Nothing: what has come is found in the window.</summary>
    public void Refresh(StreamSequenceToken token)
    {
    }

    /// <summary>Nothing: the agent tried long enough, told the consumer, and goes on.</summary>
    public void RecordDeliveryFailure()
    {
    }

    /// <summary>The partition was made anew.</summary>
    public void Restart(Sequence from)
    {
        _ahead.Clear();
        _mustSeek = false;
        _next = from;
    }

    public void Dispose()
    {
        lock (_cache.Change)
        {
            if (!_cache.Remove(this)) return;
        }

        _stop.Cancel();
        _stop.Dispose();
    }

    private StreamRecord? TakeNext()
    {
        while (_ahead.TryDequeue(out var record))
            if (record.Time >= _notBefore) return record;
        if (MustReadBack)
        {
            if (_isReading) return null;
            _isReading = true;
            var stop = _stop.Token;
            _ = Task.Run(() => ReadBackAsync(stop), CancellationToken.None);
            return null;
        }

        while (_cache.Window.Find(Stream, _next) is { } found)
        {
            _next = found.Sequence.Next();
            if (found.Time >= _notBefore) return found;
        }

        if (_next < _cache.Window.Next) _next = _cache.Window.Next;
        return null;
    }

    private async Task ReadBackAsync(CancellationToken stop)
    {
        try
        {
            while (NextQuery() is { } query)
            {
                try
                {
                    TakeIn(query, await _cache.ReadBackAsync(query, stop));
                }
                catch (Exception reason) when (reason is StorageUnavailableException or StreamFencedException)
                {
                    await Task.Delay(Pause, stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants it any more.
            return;
        }

        lock (_cache.Change) _isReading = false;
        _cache.Wake(Stream);
    }

    /// <returns>Null when there is something to deliver, or the window has been reached.</returns>
    private ReadQuery? NextQuery()
    {
        lock (_cache.Change)
        {
            if (_ahead.Count > 0 || !MustReadBack) return null;
            return _mustSeek ? new ReadQuery { FromTime = _notBefore } : new ReadQuery { From = _next };
        }
    }

    private void TakeIn(in ReadQuery query, RecordPage page)
    {
        var records = _cache.Codec.Decode(page, Stream);
        lock (_cache.Change)
        {
            // Begun anew meanwhile: what was read is of another stream.
            if (query.FromTime is null && query.From != _next) return;
            _mustSeek = false;
            foreach (var record in records) _ahead.Enqueue(record);
            if (page.Count > 0) _next = page.Next;
            else _next = query.FromTime is null ? _cache.Window.Low : page.HighWatermark.Next();
        }
    }
}
