namespace Mesh;

/// <summary>Where a stream stands.</summary>
/// <param name="Number">Its number; null when it does not exist.</param>
/// <param name="LowWatermark">The oldest record kept; the one after the high watermark when it is empty.</param>
/// <param name="HighWatermark">The newest record; 0 when there never was one.</param>
/// <param name="LastTime">Time of the newest record there ever was.</param>
/// <param name="LastId">Rings: the greatest id there ever was, or was set.</param>
/// <param name="Deleted">Rings: records between the watermarks that were deleted.</param>
public sealed record StreamState(StreamNumber? Number, Sequence LowWatermark, Sequence HighWatermark, RecordTime LastTime, RingId LastId, long Deleted = 0)
{
    public static readonly StreamState Missing = new(null, Sequence.First, Sequence.None, RecordTime.None, RingId.None);

    /// <summary>Records there are between the watermarks, both included.</summary>
    public long Length => HighWatermark.Value - LowWatermark.Value + 1 - Deleted;
}
