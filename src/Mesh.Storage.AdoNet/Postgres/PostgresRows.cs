using Mesh.Engine.Storage;
using Npgsql;

namespace Mesh.Storage.AdoNet.Postgres;

/// <summary>Reads rows into the port's words.</summary>
internal static class PostgresRows
{
    /// <summary>From the columns first_sequence, count, first_time, end_bytes, first_id, beginning at <paramref name="column"/>.</summary>
    public static BatchPlace PlaceOf(NpgsqlDataReader row, int column) => new(
        new Sequence(row.GetInt64(column)),
        row.GetInt32(column + 1),
        new RecordTime(row.GetInt64(column + 2)),
        row.GetInt64(column + 3),
        row.IsDBNull(column + 4) ? null : StoredForm.ToId(row.GetFieldValue<byte[]>(column + 4)));

    /// <summary>From the columns number, name, options, metadata, created.</summary>
    public static StreamEntry EntryOf(NpgsqlDataReader row, string project, StreamKind kind) => new(
        new StreamName(project, kind, StoredForm.ToName(row.GetFieldValue<byte[]>(1))),
        new StreamNumber(row.GetInt64(0)),
        StreamOptions.FromJson(row.GetString(2)),
        row.GetFieldValue<byte[]>(3),
        new RecordTime(row.GetInt64(4)));
}
