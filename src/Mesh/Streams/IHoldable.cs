namespace Mesh;

/// <summary>A stream that one caller can have alone: every ring of a mesh is one. Thread-safe.</summary>
public interface IHoldable
{
    /// <summary>
    /// Has the stream for one caller alone: when the task ends, the calls before are done, and those of others wait until <see cref="LetGoAsync"/>, or until nothing was
    /// heard under the hold for <see cref="StreamHold.SilenceMax"/> while somebody waited. Who waits for records or for a claim goes on waiting, and reads when the hold has ended. Whoever holds several streams takes them in
    /// the order of their names. In a cluster a hold also ends with the silo that has the stream. However it ended, until the caller lets go of it
    /// calls made under it are refused by <see cref="StreamHoldLostException"/>.
    /// </summary>
    /// <param name="hold">Under which the caller then calls, see <see cref="StreamHold.Enter"/>.</param>
    /// <param name="cancel">Ends the waiting, and the hold if it has begun.</param>
    ValueTask HoldAsync(StreamHold hold, CancellationToken cancel = default);

    /// <summary>Ends a hold; one that has ended is no error.</summary>
    ValueTask LetGoAsync(StreamHold hold);
}
