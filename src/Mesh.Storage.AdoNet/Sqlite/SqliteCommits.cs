using Mesh.Engine.Storage;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>
/// Writes one stream's part of a transaction. Each statement carries the token, so the fence costs no statement of its own; the first one that
/// adds nothing tells that the stream is fenced, and what the stream added before is taken back. Not thread-safe.
/// </summary>
internal sealed class SqliteCommits(SqliteSession session)
{
    private readonly SqliteStatement _holds = session.Prepare("holds_token", "$stream", "$token");
    private readonly SqliteChange _addBatch =
        session.PrepareChange("add_batch", "$stream", "$token", "$first", "$count", "$time", "$end", "$id", "$bytes");

    private readonly SqliteChange _undoBatch = session.PrepareChange("undo_batch", "$stream", "$first");
    private readonly SqliteChange _addJournal = session.PrepareChange("add_journal", "$stream", "$token", "$number", "$bytes");
    private readonly SqliteChange _undoJournal = session.PrepareChange("undo_journal", "$stream", "$number");
    private readonly SqliteChange _putSnapshot = session.PrepareChange("put_snapshot", "$stream", "$token", "$through", "$bytes");
    private readonly SqliteChange _trimJournal = session.PrepareChange("trim_journal", "$stream", "$through");
    private readonly SqliteChange _putWatermark = session.PrepareChange("put_watermark", "$stream", "$token", "$low", "$next", "$time");
    private readonly SqliteStatement _trimBatches = session.Prepare("trim_batches", "$stream", "$low", "$end", "$batches");
    private readonly SqliteStatement _storedFrom = session.Prepare("stored_from", "$stream");
    private readonly SqliteStatement _untrimmed = session.Prepare("count_untrimmed", "$stream", "$low");

    /// <param name="commit">What one stream writes.</param>
    /// <param name="trims">What the transaction may still delete.</param>
    public CommitOutcome Write(StreamCommit commit, ref TrimAllowance trims)
    {
        var stream = commit.Stream.Value;
        var token = commit.Token.Value;
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

        if (commit.Trim is not { } trim) return CommitOutcome.Committed;
        _putWatermark.Run(stream, token, trim.LowWatermark.Value, trim.Next.Value, trim.LastTime.Micros);
        if (!trims.IsUsedUp) Trim(stream, trim.LowWatermark.Value, ref trims);
        return _untrimmed.Number(stream, trim.LowWatermark.Value) == 0 ? CommitOutcome.Committed : CommitOutcome.TrimUnfinished;
    }

    private void Trim(long stream, long low, ref TrimAllowance trims)
    {
        if (_storedFrom.Number(stream) is not { } start) return;
        var batches = 0;
        var end = start;
        using var ends = _trimBatches.Query(stream, low, start + trims.BytesLeft, (long)trims.BatchesLeft);
        while (ends.Read())
        {
            batches++;
            end = Math.Max(end, ends.GetInt64(0));
        }

        trims.Use(batches, end - start);
    }

    private bool Add(long stream, long token, in BatchRow row)
    {
        var place = row.Place;
        return _addBatch.Run(stream, token, place.First.Value, place.Count, place.FirstTime.Micros, place.EndBytes, place.FirstId, row.Bytes) > 0;
    }

    private void TakeBack(long stream, StreamCommit commit, int batches)
    {
        if (commit.Journal is { } entry) _undoJournal.Run(stream, entry.Number);
        for (var i = 0; i < batches; i++) _undoBatch.Run(stream, commit.Batches[i].Place.First.Value);
    }
}
