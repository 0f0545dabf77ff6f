using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet.Sqlite;
using Mesh.Testing.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Mesh.Storage.AdoNet.Tests.Sqlite;

/// <summary>A SQLite database that is locked, full, gone or damaged, and comes back without a restart.</summary>
public sealed class SqliteFailureTests : IAsyncLifetime
{
    private readonly SqliteFixture _fixture = new();
    private readonly BatchFeed _feed = new();
    private SqliteLogStore _store = null!;
    private OpenedStream _owner = null!;

    public async Task InitializeAsync()
    {
        _store = await _fixture.ConnectAsync();
        _owner = await _store.OpenAsync();
        await _store.AppendAsync(_owner, _feed.Batch());
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_locked_database_refuses_appends_by_name_keeps_serving_reads_and_recovers()
    {
        var row = _feed.Batch();
        using (var other = Connect())
        {
            Run(other, "begin immediate");
            var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => _store.AppendAsync(_owner, row));
            Assert.Contains("locked by another program", refused.Message, StringComparison.Ordinal);
            Assert.Contains(_fixture.Path, refused.Message, StringComparison.Ordinal);
            Assert.Equal([1], await _store.FirstsAsync(_owner));
        }

        Assert.Equal(CommitOutcome.Committed, await _store.AppendAsync(_owner, row));
        Assert.Equal([1, 2], await _store.FirstsAsync(_owner));
    }

    [Fact]
    public async Task A_full_disk_refuses_appends_keeps_serving_reads_and_recovers_with_room()
    {
        await _store.DisposeAsync();
        _store = new SqliteLogStore(_fixture.Path) { WriterSettings = "pragma max_page_count = 40;" };
        await _store.MigrateAsync();
        _owner = await _store.OpenAsync();
        var other = await _store.OpenAsync("other");
        var row = _feed.Batch(bodyBytes: 1_000_000);
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(
            async () => await _store.CommitAsync([LogStoreCalls.Append(other, new BatchFeed().Batch()), LogStoreCalls.Append(_owner, row)]));
        Assert.Contains("disk is full", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1], await _store.FirstsAsync(_owner));
        Assert.Empty(await _store.FirstsAsync(other));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => _store.AppendAsync(_owner, row));
        Assert.Equal(CommitOutcome.Committed, await _store.AppendAsync(other, new BatchFeed().Batch()));

        _store.WriterSettings = "";
        await Assert.ThrowsAsync<StorageUnavailableException>(() => _store.AppendAsync(_owner, row));
        Assert.Equal(CommitOutcome.Committed, await _store.AppendAsync(_owner, row));
        Assert.Equal([1, 2], await _store.FirstsAsync(_owner));
    }

    [Fact]
    public async Task A_database_that_is_moved_away_refuses_appends_until_it_is_back()
    {
        var row = _feed.Batch();
        File.Move(_fixture.Path, _fixture.Path + ".away");
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => _store.AppendAsync(_owner, row));
        Assert.Contains("is gone", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_fixture.Path));
        File.Move(_fixture.Path + ".away", _fixture.Path);
        Assert.Equal(CommitOutcome.Committed, await _store.AppendAsync(_owner, row));
        Assert.Equal([1, 2], await _store.FirstsAsync(_owner));
    }

    [Fact]
    public async Task A_commit_whose_file_vanishes_under_it_has_an_unknown_outcome_and_the_truth_is_read_after_opening()
    {
        var row = _feed.Batch();
        _store.Committing = () => File.Move(_fixture.Path, _fixture.Path + ".away");
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => _store.AppendAsync(_owner, row));
        _store.Committing = null;
        File.Move(_fixture.Path + ".away", _fixture.Path);
        var opened = await _store.OpenAsync();
        Assert.Equal(opened.Next.Value - 1, (await _store.FirstsAsync(opened)).Count);
        Assert.Equal(CommitOutcome.Committed, await _store.AppendAsync(opened, BatchFeed.After(opened).Batch()));
    }

    [Fact]
    public async Task A_commit_that_the_disk_fails_has_an_unknown_outcome_and_the_next_one_works()
    {
        var row = _feed.Batch();
        _store.Committing = () => throw new SqliteException("disk I/O error", 10);
        var lost = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => _store.AppendAsync(_owner, row));
        Assert.Contains("failed to read or write", lost.Message, StringComparison.Ordinal);
        _store.Committing = null;
        var opened = await _store.OpenAsync();
        Assert.Equal(new Sequence(2), opened.Next);
        Assert.Equal(CommitOutcome.Fenced, await _store.AppendAsync(_owner, row));
        Assert.Equal(CommitOutcome.Committed, await _store.AppendAsync(opened, row));
    }

    [Fact]
    public async Task Reads_do_not_wait_for_a_commit_under_way()
    {
        using var reached = new SemaphoreSlim(0);
        using var free = new SemaphoreSlim(0);
        _store.Committing = () =>
        {
            reached.Release();
            free.Wait();
        };
        var commit = Task.Run(() => _store.AppendAsync(_owner, _feed.Batch()));
        await reached.WaitAsync();
        Assert.Equal([1], await _store.FirstsAsync(_owner));
        free.Release();
        Assert.Equal(CommitOutcome.Committed, await commit);
        Assert.Equal([1, 2], await _store.FirstsAsync(_owner));
    }

    [Fact]
    public async Task A_flipped_byte_on_disk_is_named_and_skipped()
    {
        await _store.AppendAsync(_owner, _feed.Batch(3), _feed.Batch());
        using (var other = Connect())
            Run(other, "update batches set bytes = cast(substr(bytes, 1, length(bytes) - 1) as blob) || x'ff' where first_sequence = 2");
        var page = await _store.ReadAllAsync(_owner);
        Assert.Equal([1, 5], page.Batches.Select(batch => batch.Header.First.Value));
        var damaged = Assert.Single(page.Damaged);
        Assert.Equal((new Sequence(2), 3), (damaged.First, damaged.Count));
        Assert.Contains("checksum", damaged.Reason, StringComparison.Ordinal);
    }

    /// <summary>The files as they are while the store still runs are what a killed process leaves.</summary>
    [Fact]
    public async Task Everything_acknowledged_is_in_the_files_before_the_store_ends()
    {
        for (var turn = 0; turn < 50; turn++) await _store.AppendAsync(_owner, _feed.Batch(bodyBytes: 3000));
        await using var copy = new SqliteFixture();
        foreach (var ending in new[] { "", "-wal" }) File.Copy(_fixture.Path + ending, copy.Path + ending);
        await using var store = await copy.ConnectAsync();
        Assert.Equal(Enumerable.Range(1, 51).Select(first => (long)first), await store.FirstsAsync(_owner));
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={_fixture.Path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
