namespace Mesh.Engine.Streams;

/// <summary>Where one who follows a stream has got to. Not thread-safe.</summary>
/// <param name="from">The first sequence wanted; one beyond the end is waited for.</param>
/// <param name="seen">The newest sequence that the stream is known to have had: one that has less was made anew.</param>
public sealed class TailCursor(Sequence from, Sequence seen = default)
{
    private Sequence _seen = seen;

    /// <summary>The sequence to read on from.</summary>
    public Sequence Next { get; private set; } = from < Sequence.First ? Sequence.First : from;

    /// <summary>Moves on behind a page that was read from <see cref="Next"/>.</summary>
    /// <returns>False when there was nothing to read yet: wait for <see cref="Next"/>.</returns>
    public bool MoveBehind(RecordPage page)
    {
        // A stream that was deleted and made again begins anew.
        var isMadeAnew = page.HighWatermark < _seen && page.HighWatermark.Next() < Next;
        _seen = page.HighWatermark;
        if (isMadeAnew) Next = Sequence.First;
        else if (page.Next > Next) Next = page.Next;
        return page.Count > 0 || isMadeAnew;
    }
}
