namespace Mesh;

/// <summary>
/// What every stream that keeps a log can do. A stream that does not exist reads as empty. Thread-safe. Storage failures come as
/// <see cref="StorageUnavailableException"/>, lost ownership as <see cref="StreamFencedException"/>.
/// </summary>
public interface IStreamLog
{
    /// <summary>Appends the records of one segment, all or none, and answers when they are durable.</summary>
    /// <param name="segment">Made by <see cref="Frames.SegmentWriter"/>. Its bytes are copied before the call returns its task.</param>
    /// <param name="options">How.</param>
    ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default);

    /// <summary>Reads committed records.</summary>
    ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default);

    /// <summary>Catches up from <paramref name="from"/> and then goes on live, without gap or double. A page holds at least one record.
    /// A reader that retention overtakes goes on at the low watermark: the page's first sequence tells the gap.</summary>
    IAsyncEnumerable<RecordPage> TailAsync(Sequence from, CancellationToken cancel = default);

    /// <summary>Waits until the stream holds a record with this sequence or a later one, or had one.</summary>
    /// <returns>False when the time was up first.</returns>
    ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default);

    ValueTask<StreamState> StateAsync(CancellationToken cancel = default);
}
