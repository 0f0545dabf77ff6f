using System.Runtime.CompilerServices;
using Mesh.Engine.Streams;
using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One stream as a client of the cluster uses it: a line of appends to its grain, and one follower for whoever waits for records.</summary>
internal abstract class StreamHandle : IStreamLog
{
    private readonly IStreamGrain _grain;
    private readonly MeshClientOptions _options;
    private readonly CallLine<AppendItem, AppendAnswer> _appends;
    private readonly StreamFollower _follower;

    private readonly SenderNumbers _numbers;

    private readonly SenderNumbers _heldNumbers;

    protected StreamHandle(StreamName name, IStreamGrain grain, HandleContext context)
    {
        var options = context.Options;
        Name = name;
        _grain = grain;
        _options = options;
        _numbers = context.Numbers;
        _heldNumbers = context.HeldNumbers;
        Patience = context.Patience;
        _appends = new CallLine<AppendItem, AppendAnswer>(SendAsync, new CallBounds(options.StreamPendingBytesMax, options.CallBytesMax, options.CallAppendsMax));
        _follower = new StreamFollower(grain, context.Changes, options);
    }

    public StreamName Name { get; }

    protected Patience Patience { get; }

    /// <summary>What waits are timed by.</summary>
    protected TimeProvider Clock => _options.Clock;

    /// <summary>Every kind's grain has the calls of all streams.</summary>
    protected IStreamLog Log => (IStreamLog)_grain;

    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default)
    {
        if (segment.Length > _options.SegmentBytesMax) return new(new AppendResult.TooLarge(_options.SegmentBytesMax));
        var item = new AppendItem { Segment = segment.ToArray(), Options = options with { DedupeId = options.DedupeId.ToArray() } };
        if (StreamHold.Current is not null) return AppendHeldAsync(item);
        return _appends.TryAdd(item, segment.Length) is { } answer ? ResultAsync(answer) : new(new AppendResult.Busy(_options.RetryAfter));
    }

    public ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default) => Patience.CallAsync(() => Log.ReadAsync(query, cancel), cancel);

    public IAsyncEnumerable<RecordPage> TailAsync(Sequence from, CancellationToken cancel = default) => TailAsync(new TailCursor(from), cancel);

    /// <summary>As <see cref="TailAsync(Sequence, CancellationToken)"/> from the record after one that was there: a stream that has less is another one, and read from its start.</summary>
    public IAsyncEnumerable<RecordPage> TailBehindAsync(Sequence seen, CancellationToken cancel = default) => TailAsync(new TailCursor(seen.Next(), seen), cancel);

    private async IAsyncEnumerable<RecordPage> TailAsync(TailCursor cursor, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var tail = _follower.Tail();
        while (true)
        {
            var page = _follower.TryTake(cursor.Next);
            if (page is null)
            {
                page = await ReadAsync(new ReadQuery { From = cursor.Next }, cancel);
                _follower.Observe(page);
            }

            var hasMoved = cursor.MoveBehind(page, out var isWanted);
            if (isWanted) yield return page;
            if (!hasMoved) await _follower.WaitAsync(cursor.Next, cancel);
        }
    }

    public async ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waiting = _follower.WaitAsync(until, end.Token).AsTask();
        try
        {
            await waiting.WaitAsync(timeout, _options.Clock, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            await end.CancelAsync();
        }
    }

    public ValueTask<StreamState> StateAsync(CancellationToken cancel = default) => Patience.CallAsync(() => Log.StateAsync(cancel), cancel);

    /// <summary>A repeat that finds exactly what it would have made takes it for its own: the answer that said so was lost.</summary>
    public ValueTask<bool> CreateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata) => Patience.CallAsync(async isRepeat =>
        await _grain.CreateAsync(options, metadata)
        || (isRepeat && await _grain.EntryAsync() is { } entry && entry.Options == options && entry.Metadata.Span.SequenceEqual(metadata.Span)));

    public ValueTask<StreamEntry?> EntryAsync() => Patience.CallAsync(() => _grain.EntryAsync());

    public ValueTask<bool> UpdateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata) => Patience.CallAsync(() => _grain.UpdateAsync(options, metadata));

    public ValueTask<bool> DeleteAsync() => Patience.CallAsync(() => _grain.DeleteAsync());

    /// <summary>Goes by itself, for the line may wait for the end of the hold; under a sender of its own, for what the line has sent is not settled.</summary>
    private async ValueTask<AppendResult> AppendHeldAsync(AppendItem item)
    {
        AppendItem[] items = [item];
        _heldNumbers.Mark(items);
        return (await Patience.CallAsync(() => SendOnceAsync(items)))[0].ToResult(Name.Kind);
    }

    private async ValueTask<AppendResult> ResultAsync(Task<AppendAnswer> answer) => (await answer).ToResult(Name.Kind);

    private async ValueTask<IReadOnlyList<AppendAnswer>> SendAsync(IReadOnlyList<AppendItem> appends)
    {
        AppendItem[] items = [.. appends];
        _numbers.Mark(items);
        return await Patience.CallAsync(() => SendOnceAsync(items));
    }

    /// <exception cref="StreamFencedException">The stream has moved, and perhaps took some of the appends with it: all of them may be sent again.</exception>
    private async ValueTask<AppendAnswer[]> SendOnceAsync(AppendItem[] items)
    {
        var answers = await _grain.AppendManyAsync(items);
        return Array.Exists(answers, answer => answer.IsFenced) ? throw new StreamFencedException(Name) : answers;
    }
}

/// <summary>What the handles of one process share.</summary>
/// <param name="Options">Bounds.</param>
/// <param name="Changes">Tells when the cluster has changed.</param>
/// <param name="Patience">Tries calls again.</param>
/// <param name="Numbers">Marks what is sent.</param>
/// <param name="HeldNumbers">Marks what is appended to streams that are held.</param>
internal sealed record HandleContext(MeshClientOptions Options, ClusterChanges Changes, Patience Patience, SenderNumbers Numbers, SenderNumbers HeldNumbers);
