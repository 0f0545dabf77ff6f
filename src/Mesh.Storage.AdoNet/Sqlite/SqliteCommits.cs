using Mesh.Engine.Storage;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>
/// Writes one stream's part of a transaction. Each statement carries the token, so the fence costs no statement of its own; the first one that
/// adds nothing tells that the stream is fenced, and what the stream added before is taken back. Not thread-safe.
/// </summary>
internal sealed class SqliteCommits(SqliteSession session)
{
    private readonly SqliteStatement _holds = session.Prepare("holds_token", "$stream", "$token");
    private readonly SqliteStatement _addBatch =
        session.Prepare("add_batch", "$stream", "$token", "$first", "$count", "$time", "$end", "$id", "$bytes");

    private readonly SqliteStatement _undoBatch = session.Prepare("undo_batch", "$stream", "$first");
    private readonly SqliteStatement _addJournal = session.Prepare("add_journal", "$stream", "$token", "$number", "$bytes");
    private readonly SqliteStatement _undoJournal = session.Prepare("undo_journal", "$stream", "$number");
    private readonly SqliteStatement _putSnapshot = session.Prepare("put_snapshot", "$stream", "$token", "$through", "$bytes");
    private readonly SqliteStatement _trimJournal = session.Prepare("trim_journal", "$stream", "$through");
    private readonly SqliteStatement _putWatermark = session.Prepare("put_watermark", "$stream", "$token", "$low", "$next", "$time");
    private readonly SqliteStatement _trimBatches = session.Prepare("trim_batches", "$stream", "$low");

    public CommitOutcome Write(StreamCommit commit)
    {
        object stream = commit.Stream.Value;
        object token = commit.Token.Value;
        if (commit.Journal is null && commit.Batches.Count == 0 && _holds.Number(stream, token) == 0) return CommitOutcome.Fenced;
        if (commit.Journal is { } entry && _addJournal.Run(stream, token, entry.Number, entry.Bytes) == 0) return CommitOutcome.Fenced;
        for (var i = 0; i < commit.Batches.Count; i++)
        {
            if (Add(stream, token, commit.Batches[i])) continue;
            TakeBack(stream, commit, batches: i);
            return CommitOutcome.Fenced;
        }

        if (commit.Snapshot is { } snapshot)
        {
            _putSnapshot.Run(stream, token, snapshot.Through, snapshot.Bytes);
            _trimJournal.Run(stream, snapshot.Through);
        }

        if (commit.Trim is { } trim)
        {
            _putWatermark.Run(stream, token, trim.LowWatermark.Value, trim.Next.Value, trim.LastTime.Micros);
            _trimBatches.Run(stream, trim.LowWatermark.Value);
        }

        return CommitOutcome.Committed;
    }

    private bool Add(object stream, object token, in BatchRow row)
    {
        var place = row.Place;
        object id = place.FirstId is { } first ? StoredForm.OfId(first) : DBNull.Value;
        return _addBatch.Run(stream, token, place.First.Value, place.Count, place.FirstTime.Micros, place.EndBytes, id, row.Bytes) > 0;
    }

    private void TakeBack(object stream, StreamCommit commit, int batches)
    {
        if (commit.Journal is { } entry) _undoJournal.Run(stream, entry.Number);
        for (var i = 0; i < batches; i++) _undoBatch.Run(stream, commit.Batches[i].Place.First.Value);
    }
}
