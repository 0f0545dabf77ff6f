using Mesh.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Mesh.Storage.AdoNet.Postgres;

/// <summary>The values of one transaction for many streams, column by column, as its one round trip carries them. One commit each.</summary>
internal sealed class PostgresCommits(int streams)
{
    private static readonly string Lock = PostgresCommands.Text("lock_streams");
    private static readonly string Write = PostgresCommands.Text("commit_streams");

    private readonly List<long> _streams = new(streams), _tokens = new(streams);
    private readonly List<long> _batchStreams = new(streams), _firsts = new(streams), _times = new(streams), _ends = new(streams), _lows = new(streams);
    private readonly List<int> _counts = new(streams);
    private readonly List<byte[]?> _ids = new(streams);
    private readonly List<byte[]> _batches = new(streams);
    private readonly List<long> _entryStreams = [], _numbers = [], _entryThroughs = [];
    private readonly List<byte[]> _entries = [];
    private readonly List<long> _snapshotStreams = [], _throughs = [];
    private readonly List<byte[]> _snapshots = [];
    private readonly List<long> _trimStreams = [], _trimLows = [], _nexts = [], _lastTimes = [];

    public void Add(StreamCommit commit)
    {
        var stream = commit.Stream.Value;
        _streams.Add(stream);
        _tokens.Add(commit.Token.Value);
        var low = commit.Trim?.LowWatermark.Value ?? 0;
        for (var i = 0; i < commit.Batches.Count; i++) Add(stream, commit.Batches[i], low);
        if (commit.Journal is { } entry)
        {
            _entryStreams.Add(stream);
            _numbers.Add(entry.Number);
            _entries.Add(entry.Bytes);
            _entryThroughs.Add(commit.Snapshot?.Through ?? 0);
        }

        if (commit.Snapshot is { } snapshot)
        {
            _snapshotStreams.Add(stream);
            _throughs.Add(snapshot.Through);
            _snapshots.Add(snapshot.Bytes);
        }

        if (commit.Trim is { } trim)
        {
            _trimStreams.Add(stream);
            _trimLows.Add(trim.LowWatermark.Value);
            _nexts.Add(trim.Next.Value);
            _lastTimes.Add(trim.LastTime.Micros);
        }
    }

    /// <summary>Sends both statements at once; they are one transaction, for the server ends it only after the last.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="trims">What the transaction may delete.</param>
    /// <returns>Streams whose outcome is not <see cref="CommitOutcome.Committed"/>.</returns>
    public async ValueTask<Dictionary<long, CommitOutcome>> RunAsync(NpgsqlConnection connection, TrimAllowance trims)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Lock, Longs(_streams), Longs(_tokens));
        batch.Add(
            Write,
            Longs(_streams), Longs(_tokens),
            Longs(_batchStreams), Longs(_firsts), Many(NpgsqlDbType.Integer, _counts), Longs(_times), Longs(_ends), Blobs(_ids), Blobs(_batches), Longs(_lows),
            Longs(_entryStreams), Longs(_numbers), Blobs(_entries), Longs(_entryThroughs),
            Longs(_snapshotStreams), Longs(_throughs), Blobs(_snapshots),
            Longs(_trimStreams), Longs(_trimLows), Longs(_nexts), Longs(_lastTimes),
            (long)trims.BatchesLeft, trims.BytesLeft);
        var others = new Dictionary<long, CommitOutcome>();
        await using var rows = await batch.ExecuteReaderAsync();
        await rows.NextResultAsync();
        while (await rows.ReadAsync()) others[rows.GetInt64(0)] = (CommitOutcome)rows.GetInt32(1);
        return others;
    }

    private void Add(long stream, in BatchRow row, long low)
    {
        _batchStreams.Add(stream);
        _firsts.Add(row.Place.First.Value);
        _counts.Add(row.Place.Count);
        _times.Add(row.Place.FirstTime.Micros);
        _ends.Add(row.Place.EndBytes);
        _ids.Add(row.Place.FirstId is { } id ? StoredForm.OfId(id) : null);
        _batches.Add(row.Bytes);
        _lows.Add(low);
    }

    private static NpgsqlParameter Longs(List<long> values) => Many(NpgsqlDbType.Bigint, values);

    private static NpgsqlParameter Blobs(object values) => Many(NpgsqlDbType.Bytea, values);

    private static NpgsqlParameter Many(NpgsqlDbType type, object values) => PostgresCommands.Typed(NpgsqlDbType.Array | type, values);
}
