namespace Mesh.Engine.Streams;

/// <summary>Where one who follows a stream has got to. Not thread-safe.</summary>
/// <param name="from">The first sequence wanted; one beyond the end is waited for.</param>
public sealed class TailCursor(Sequence from)
{
    private Sequence _seen = Sequence.None;

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
