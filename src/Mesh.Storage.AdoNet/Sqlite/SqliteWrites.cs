using Mesh.Engine.Storage;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>What the writing connection does, each between <see cref="Begin"/> and <see cref="Commit"/>. Not thread-safe.</summary>
internal sealed class SqliteWrites(SqliteSession session) : IDisposable
{
    /// <summary>Rows that one step of <see cref="Reclaim"/> removes: a bound on how long others wait for their turn.</summary>
    private const long ReclaimRows = 256;

    private readonly SqliteChange _begin = session.PrepareChange("begin");
    private readonly SqliteChange _commit = session.PrepareChange("commit");
    private readonly SqliteStatement _update = session.Prepare("update_entry", "$options", "$metadata", "$stream");
    private readonly SqliteStatement _delete = session.Prepare("delete_stream", "$project", "$kind", "$name", "$only");
    private readonly SqliteStatement _drop = session.Prepare("add_dropped", "$stream");
    private readonly SqliteStatement _dropped = session.Prepare("next_dropped");
    private readonly SqliteStatement _reclaimBatches = session.Prepare("reclaim_batches", "$stream", "$limit");
    private readonly SqliteStatement _reclaimJournal = session.Prepare("reclaim_journal", "$stream", "$limit");
    private readonly SqliteStatement _reclaimSnapshot = session.Prepare("reclaim_snapshot", "$stream");
    private readonly SqliteStatement _forget = session.Prepare("remove_dropped", "$stream");

    public SqliteSession Session => session;

    public SqliteOpenings Openings { get; } = new(session);

    public SqliteCommits Commits { get; } = new(session);

    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    public bool Update(StreamNumber stream, StreamOptions options, ReadOnlyMemory<byte> metadata) =>
        _update.Run(options.ToJson(), metadata.ToArray(), stream.Value) > 0;

    public StreamNumber? Delete(StreamName name, StreamNumber? only)
    {
        object wanted = only is { } one ? one.Value : DBNull.Value;
        if (_delete.Number(StoredForm.OfName(name.Project), (long)name.Kind, StoredForm.OfName(name.Name), wanted) is not { } number) return null;
        _drop.Run(number);
        return new StreamNumber(number);
    }

    /// <inheritdoc cref="ILogStore.ReclaimAsync"/>
    public bool Reclaim()
    {
        if (_dropped.Number() is not { } stream) return false;
        if (_reclaimBatches.Run(stream, ReclaimRows) == ReclaimRows || _reclaimJournal.Run(stream, ReclaimRows) == ReclaimRows) return true;
        _reclaimSnapshot.Run(stream);
        _forget.Run(stream);
        return _dropped.Number() is not null;
    }

    public void Dispose() => session.Dispose();
}
