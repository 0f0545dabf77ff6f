namespace Mesh;

/// <summary>
/// A call under a <see cref="StreamHold"/> was not run, because the hold has ended: the silo that had the stream is gone or gave it up, or nothing was heard under the hold for too
/// long. Others may have used the stream since; whoever goes on has to begin anew.
/// </summary>
/// <param name="stream">The stream that was held.</param>
/// <param name="mayHaveRun">The call was made before, under the hold, and its answer was lost: it may have been done then.</param>
public sealed class StreamHoldLostException(StreamName stream, bool mayHaveRun = false) : Exception($"The hold on {stream} has ended, and the call was not run.")
{
    public StreamName Stream { get; } = stream;

    public bool MayHaveRun { get; } = mayHaveRun;
}
