using System.Data.Common;
using Mesh.Engine.Storage;

namespace Mesh.Storage.AdoNet;

/// <summary>Reads rows into the port's words, in both dialects alike.</summary>
internal static class StoredRows
{
    /// <summary>From the columns first_sequence, count, first_time, end_bytes, first_id and the length of bytes, beginning at <paramref name="column"/>.</summary>
    public static BatchPlace PlaceOf(DbDataReader row, int column) => new(
        new Sequence(row.GetInt64(column)),
        row.GetInt32(column + 1),
        new RecordTime(row.GetInt64(column + 2)),
        row.GetInt64(column + 3),
        row.IsDBNull(column + 4) ? null : StoredForm.ToId(row.GetFieldValue<byte[]>(column + 4)),
        row.GetInt32(column + 5));

    /// <summary>From the columns number, name, options, metadata, created.</summary>
    public static StreamEntry EntryOf(DbDataReader row, string project, StreamKind kind) =>
        EntryOf(row, new StreamName(project, kind, StoredForm.ToName(row.GetFieldValue<byte[]>(1))), row.GetInt64(0), 2);

    /// <summary>
    /// A stream by its row alone, as if it had neither batches nor state: from the columns number, options, metadata, created, token,
    /// low_watermark, next_sequence, last_time, beginning at <paramref name="column"/>.
    /// </summary>
    public static OpenedStream RaisedOf(DbDataReader row, int column, StreamName name) => new()
    {
        Entry = EntryOf(row, name, row.GetInt64(column), column + 1),
        Token = new FencingToken(row.GetInt64(column + 4)),
        IsNew = false,
        LowWatermark = new Sequence(row.GetInt64(column + 5)),
        Next = new Sequence(row.GetInt64(column + 6)),
        LastTime = new RecordTime(row.GetInt64(column + 7)),
        FirstBatch = null,
        LastBatch = null,
        Snapshot = ReadOnlyMemory<byte>.Empty,
        SnapshotThrough = 0,
        Journal = [],
    };

    /// <summary>
    /// The stream with its state, but for its journal: from the columns of its first and its last batch and those of its snapshot, each of which may be null.
    /// Where there is a batch, it tells better than the last trim where the stream stands.
    /// </summary>
    public static OpenedStream WithState(this OpenedStream opened, DbDataReader row)
    {
        BatchPlace? last = row.IsDBNull(6) ? null : PlaceOf(row, 6);
        return opened with
        {
            Next = last?.Last.Next() ?? opened.Next,
            LastTime = last?.LastTime ?? opened.LastTime,
            FirstBatch = last is null ? null : PlaceOf(row, 0),
            LastBatch = last,
            SnapshotThrough = row.IsDBNull(12) ? 0 : row.GetInt64(12),
            Snapshot = row.IsDBNull(13) ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(13),
        };
    }

    /// <summary>From the columns number, project, kind, name, options, low_watermark and those of the first batch, which may be null.</summary>
    public static StoredStream StoredOf(DbDataReader row)
    {
        var project = StoredForm.ToName(row.GetFieldValue<byte[]>(1));
        var name = new StreamName(project, (StreamKind)row.GetInt16(2), StoredForm.ToName(row.GetFieldValue<byte[]>(3)));
        return new StoredStream(
            new StreamNumber(row.GetInt64(0)),
            name,
            StreamOptions.FromJson(row.GetString(4)),
            new Sequence(row.GetInt64(5)),
            row.IsDBNull(6) ? null : PlaceOf(row, 6));
    }

    private static StreamEntry EntryOf(DbDataReader row, StreamName name, long number, int column) => new(
        name,
        new StreamNumber(number),
        StreamOptions.FromJson(row.GetString(column)),
        row.GetFieldValue<byte[]>(column + 1),
        new RecordTime(row.GetInt64(column + 2)));
}
