using Mesh.Engine.Storage;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>Finds single batches of a stream by key. Not thread-safe.</summary>
internal sealed class SqlitePlaces(SqliteSession session)
{
    private readonly SqliteStatement _at = session.Prepare("place_at", "$stream", "$sequence");
    private readonly SqliteStatement _after = session.Prepare("place_after", "$stream", "$sequence");

    /// <summary>The last batch that begins at or before the sequence.</summary>
    public BatchPlace? At(StreamNumber stream, Sequence sequence) => One(_at, stream, sequence);

    /// <summary>The first batch that begins after the sequence.</summary>
    public BatchPlace? After(StreamNumber stream, Sequence sequence) => One(_after, stream, sequence);

    private static BatchPlace? One(SqliteStatement statement, StreamNumber stream, Sequence sequence)
    {
        using var rows = statement.Query(stream.Value, sequence.Value);
        return rows.Read() ? StoredRows.PlaceOf(rows, 0) : null;
    }
}
