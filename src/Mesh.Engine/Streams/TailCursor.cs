namespace Mesh.Engine.Streams;

/// <summary>Where one who follows a stream has got to. Not thread-safe.</summary>
/// <param name="from">The first sequence wanted; one beyond the end is waited for.</param>
/// <param name="seen">The newest sequence that the stream is known to have had: one that has less was made anew.</param>
public sealed class TailCursor(Sequence from, Sequence seen = default)
{
    private Sequence _seen = seen;
    private StreamNumber? _stream;

    /// <summary>The sequence to read on from.</summary>
    public Sequence Next { get; private set; } = from < Sequence.First ? Sequence.First : from;

    /// <summary>Moves on behind a page that was read from <see cref="Next"/>.</summary>
    /// <param name="page">The page.</param>
    /// <param name="isWanted">Whether it has records to hand on. Of a stream that was deleted and made again in between all are wanted, so none of those behind the place in the other.</param>
    /// <returns>False when there was nothing to read yet: wait for <see cref="Next"/>.</returns>
    public bool MoveBehind(RecordPage page, out bool isWanted)
    {
        var isMadeAnew = (page.IsOfAnother(_stream) && Next > Sequence.First) || (page.HighWatermark < _seen && page.HighWatermark.Next() < Next);
        isWanted = page.Count > 0 && !isMadeAnew;
        _seen = page.HighWatermark;
        _stream = page.Stream ?? _stream;
        if (isMadeAnew) Next = Sequence.First;
        else if (page.Next > Next) Next = page.Next;
        return page.Count > 0 || isMadeAnew;
    }
}
