namespace Mesh;

/// <summary>
/// The database did not take or answer a request: it is locked, full, away, or the connection was lost. Nothing was acknowledged;
/// whether an append is stored may be unknown, so repeat it with the same dedupe id.
/// </summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another owner has taken the stream; this one has stepped down. Nothing of the request was stored. Ask again.</summary>
public sealed class StreamFencedException(StreamName stream)
    : Exception($"Stream {stream} is owned elsewhere since; the request was not stored. Ask again.")
{
    public StreamName Stream { get; } = stream;
}
