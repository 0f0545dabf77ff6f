namespace Mesh.Protocols.Rotera;

/// <summary>
/// What was pushed to one queue through this process and is not committed yet: in memory alone, gone when the process dies (rotera specification, section 1).
/// Any connection's commit commits all of it. Thread-safe; one push or commit at a time.
/// </summary>
internal sealed class Stage(IMesh mesh, StreamName name, RoteraOptions options, StageBudget budget)
{
    /// <summary>The original expires at least so many messages at once, and has that much room afterwards.</summary>
    private const int RoomMin = 65;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<StagedBatch> _batches = new();
    private readonly IRing _ring = mesh.Ring(name);
    private int _messages;
    private long _bytes;
    private long _roomMessages;
    private long _roomBytes;

    /// <summary>Stages a batch. When the ring has no room for it beside what is staged, or the process is full, what was staged before is committed.</summary>
    /// <exception cref="RoteraViolation">There is no such ring and none is made.</exception>
    public async ValueTask PushAsync(StagedBatch batch, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_batches.Count == 0) await MeasureAsync(cancel).ConfigureAwait(false);
            if (_batches.Count > 0 && (_messages + batch.Messages > _roomMessages || _bytes + batch.Segment.Length > _roomBytes))
            {
                await AppendAllAsync(cancel).ConfigureAwait(false);
                await MeasureAsync(cancel).ConfigureAwait(false);
            }

            _batches.Enqueue(batch);
            _messages += batch.Messages;
            _bytes += batch.Segment.Length;
            if (!budget.TryTake(batch.Segment.Length)) await AppendAllAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Appends what is staged, and waits until it is durable.</summary>
    /// <exception cref="RoteraViolation">The ring was deleted since, and none is made.</exception>
    public async ValueTask CommitAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await AppendAllAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Asks how much the ring holds and may hold, and makes it when it is missing.</summary>
    private async ValueTask MeasureAsync(CancellationToken cancel)
    {
        var entry = await mesh.Catalogue.FindAsync(name, cancel).ConfigureAwait(false);
        if (entry is null) await MakeAsync(cancel).ConfigureAwait(false);
        var stored = entry is null ? 0 : (await _ring.StateAsync(cancel).ConfigureAwait(false)).Length;
        var keep = entry?.Options.RetentionCount ?? (entry is null ? options.RingMessages : long.MaxValue);
        _roomMessages = Math.Max(keep - stored, RoomMin);
        _roomBytes = entry?.Options.RetentionBytes ?? (entry is null ? options.RingBytes : long.MaxValue);
    }

    private async ValueTask MakeAsync(CancellationToken cancel)
    {
        if (!options.CreatesRings) throw new RoteraViolation($"there is no ring {name.Name}");
        var made = new StreamOptions { RetentionCount = options.RingMessages, RetentionBytes = options.RingBytes };
        await mesh.Catalogue.CreateAsync(name, made, ReadOnlyMemory<byte>.Empty, cancel).ConfigureAwait(false);
    }

    /// <summary>One push after the other: each is a batch of its own in the log, so that retention by bytes drops no more than a push at once.</summary>
    private async ValueTask AppendAllAsync(CancellationToken cancel)
    {
        while (_batches.TryPeek(out var batch))
        {
            await AppendAsync(batch, cancel).ConfigureAwait(false);
            _batches.Dequeue();
            _messages -= batch.Messages;
            _bytes -= batch.Segment.Length;
            budget.GiveBack(batch.Segment.Length);
        }
    }

    private async ValueTask AppendAsync(StagedBatch batch, CancellationToken cancel)
    {
        while (true)
        {
            var result = await _ring.AppendAsync(batch.Segment, new AppendOptions { DedupeId = batch.Id, MustExist = true }).ConfigureAwait(false);
            switch (result)
            {
                case AppendResult.Busy busy:
                    await Task.Delay(busy.RetryAfter, cancel).ConfigureAwait(false);
                    break;
                case AppendResult.NoSuchStream:
                    await MakeAsync(cancel).ConfigureAwait(false);
                    break;
                case AppendResult.TooLarge tooLarge:
                    throw new RoteraViolation($"a push of {batch.Segment.Length} bytes is more than the {tooLarge.SegmentBytesMax} that a ring takes");
                case AppendResult.IdNotGreater:
                    throw new RoteraViolation($"the ring {name.Name} has no ids left");
                default:
                    return;
            }
        }
    }
}
