namespace Mesh;

/// <summary>Which streams exist. Thread-safe.</summary>
public interface ICatalogue
{
    /// <summary>Creates the stream with these options and metadata, or leaves an existing one as it is.</summary>
    /// <returns>True when it is new.</returns>
    ValueTask<bool> CreateAsync(StreamName name, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default);

    /// <returns>Null when there is no such stream.</returns>
    ValueTask<StreamEntry?> FindAsync(StreamName name, CancellationToken cancel = default);

    /// <summary>Replaces options and metadata of a stream, at once for all its users.</summary>
    /// <returns>False when there is no such stream.</returns>
    ValueTask<bool> UpdateAsync(StreamName name, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default);

    /// <summary>Deletes the stream with all it holds. A stream made later under the name is another one.</summary>
    /// <returns>False when there was none.</returns>
    ValueTask<bool> DeleteAsync(StreamName name, CancellationToken cancel = default);

    /// <summary>Streams of one kind and project by name (ordinal order), after <paramref name="after"/>.</summary>
    /// <param name="project">The tenant.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="after">The last name seen; empty to begin.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<IReadOnlyList<StreamEntry>> ListAsync(string project, StreamKind kind, string after, int limit, CancellationToken cancel = default);

    /// <summary>How many streams of one kind a project has.</summary>
    ValueTask<long> CountAsync(string project, StreamKind kind, CancellationToken cancel = default);
}

/// <summary>One line of the catalogue.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">Its number, never used for another stream.</param>
/// <param name="Options">What it keeps.</param>
/// <param name="Metadata">What its users wrote down about it, opaque here.</param>
/// <param name="Created">When it was created.</param>
public sealed record StreamEntry(StreamName Name, StreamNumber Number, StreamOptions Options, ReadOnlyMemory<byte> Metadata, RecordTime Created);
