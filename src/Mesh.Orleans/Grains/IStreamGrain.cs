namespace Mesh.Orleans.Grains;

/// <summary>
/// What the grain of every stream with a log can do beyond <see cref="IStreamLog"/>: what makes many small calls few. <see cref="IMesh"/> is the
/// comfortable way to it. Storage failures come as <see cref="StorageUnavailableException"/>, lost ownership as <see cref="StreamFencedException"/>.
/// </summary>
public interface IStreamGrain : IGrainWithStringKey
{
    /// <summary>Appends several segments in this order; each has its own answer.</summary>
    /// <param name="appends">Not changed by anybody afterwards: within a silo they are not copied.</param>
    ValueTask<AppendAnswer[]> AppendManyAsync([Immutable] AppendItem[] appends);

    /// <summary>Records from a sequence on, or, when there are none, the first ones that come; a page without records when none came in time.</summary>
    /// <param name="from">First sequence wanted.</param>
    /// <param name="bytesMax">As in <see cref="ReadQuery.BytesMax"/>; 0 asks for the watermarks alone.</param>
    /// <param name="wait">At most; up to <see cref="FollowMax"/>.</param>
    /// <param name="cancel">Ends the call.</param>
    [ResponseTimeout("00:01:00")]
    ValueTask<RecordPage> FollowAsync(Sequence from, int bytesMax, TimeSpan wait, CancellationToken cancel = default);

    /// <summary>As <see cref="ICatalogue.CreateAsync"/>.</summary>
    ValueTask<bool> CreateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata);

    /// <summary>As <see cref="ICatalogue.FindAsync"/>.</summary>
    ValueTask<StreamEntry?> EntryAsync();

    /// <summary>As <see cref="ICatalogue.UpdateAsync"/>.</summary>
    ValueTask<bool> UpdateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata);

    /// <summary>As <see cref="ICatalogue.DeleteAsync"/>.</summary>
    ValueTask<bool> DeleteAsync();

    /// <summary>A call that follows a stream ends after this long, well before it would time out.</summary>
    static readonly TimeSpan FollowMax = TimeSpan.FromSeconds(30);
}
