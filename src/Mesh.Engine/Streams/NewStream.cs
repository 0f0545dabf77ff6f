using Mesh.Engine.Storage;

namespace Mesh.Engine.Streams;

/// <summary>Makes streams that do not begin with sequence 1, for records that had numbers before they came here.</summary>
public static class NewStream
{
    /// <summary>Makes an empty stream whose first record will have a given sequence, as if all before it had been trimmed.</summary>
    /// <param name="store">Where. Migrated.</param>
    /// <param name="name">Which.</param>
    /// <param name="options">What it keeps.</param>
    /// <param name="first">From 1.</param>
    /// <param name="now">The creator's clock.</param>
    /// <param name="cancel">Ends the call; the stream may have been made, and begin with 1.</param>
    /// <returns>False when there is such a stream already; it is left as it is, but for a new fencing token.</returns>
    public static async ValueTask<bool> CreateAtAsync(ILogStore store, StreamName name, StreamOptions options, Sequence first, RecordTime now, CancellationToken cancel = default)
    {
        if (await store.FindEntryAsync(name, cancel) is not null) return false;
        var opened = (await store.OpenAsync([new OpenRequest(name, new StreamSeed(options, ReadOnlyMemory<byte>.Empty, now))], cancel))[0]!;
        if (!opened.IsNew) return false;
        var outcome = await store.CommitAsync([new StreamCommit { Stream = opened.Entry.Number, Token = opened.Token, Trim = new TrimRow(first, first, RecordTime.None) }]);
        return outcome[0] != CommitOutcome.Fenced ? true : throw new StreamFencedException(name);
    }
}
