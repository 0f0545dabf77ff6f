using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet.Postgres;
using Mesh.Testing.Postgres;
using Mesh.Testing.Storage;
using Npgsql;
using Xunit;

namespace Mesh.Storage.AdoNet.Tests.Postgres;

/// <summary>A PostgreSQL database that is away, restarted, damaged or too new.</summary>
public sealed class PostgresFailureTests
{
    [PostgresFact]
    public async Task A_server_that_crashes_refuses_by_name_and_after_its_restart_all_that_was_acknowledged_is_there()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var store = await PostgresFixture.ConnectAsync(await server.CreateDatabaseAsync());
        var feed = new BatchFeed();
        var owner = await store.OpenAsync();
        for (var turn = 0; turn < 20; turn++) await store.AppendAsync(owner, feed.Batch());
        var crash = server.CrashAsync();
        var acknowledged = 20;
        var lost = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await store.AppendAsync(owner, feed.Batch()) == CommitOutcome.Committed) acknowledged++;
        });
        Assert.True(lost is CommitOutcomeUnknownException or StorageUnavailableException, $"{lost}");
        await crash;
        var away = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.OpenAsync());
        Assert.Contains("does not answer", away.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.AppendAsync(owner, feed.Batch()));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.ReadAllAsync(owner));

        await server.ResumeAsync();
        var opened = await store.OpenAsync();
        var stored = await store.FirstsAsync(opened);
        Assert.InRange(stored.Count, acknowledged, acknowledged + 1);
        Assert.Equal(Enumerable.Range(1, stored.Count).Select(first => (long)first), stored);
        Assert.Equal(CommitOutcome.Committed, await store.AppendAsync(opened, BatchFeed.After(opened).Batch()));
    }

    [PostgresFact]
    public async Task A_flipped_byte_in_a_row_is_named_and_skipped()
    {
        var database = await new PostgresFixture().DatabaseAsync();
        await using var store = await PostgresFixture.ConnectAsync(database);
        var owner = await store.OpenAsync();
        var feed = new BatchFeed();
        await store.AppendAsync(owner, feed.Batch(), feed.Batch(3, bodyBytes: 10_000), feed.Batch());
        await RunAsync(database, "update mesh.batches set bytes = set_byte(bytes, 20000, get_byte(bytes, 20000) # 64) where first_sequence = 2");
        var page = await store.ReadAllAsync(owner);
        Assert.Equal([1, 5], page.Batches.Select(batch => batch.Header.First.Value));
        var damaged = Assert.Single(page.Damaged);
        Assert.Equal((new Sequence(2), 3), (damaged.First, damaged.Count));
        Assert.Contains("checksum", damaged.Reason, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Stores_that_start_at_once_migrate_once()
    {
        var database = await new PostgresFixture().DatabaseAsync();
        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => PostgresFixture.ConnectAsync(database))));
        foreach (var store in stores) await store.DisposeAsync();
        Assert.Equal(true, await RunAsync(database, "select count(*) = max(version) from mesh.schema_version"));
    }

    [PostgresFact]
    public async Task The_schema_of_a_newer_program_is_refused_and_left_alone()
    {
        var database = await new PostgresFixture().DatabaseAsync();
        await (await PostgresFixture.ConnectAsync(database)).DisposeAsync();
        await RunAsync(database, "insert into mesh.schema_version (version) values (99)");
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => PostgresFixture.ConnectAsync(database));
        Assert.Contains("schema version 99", refused.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_database_that_is_set_read_only_refuses_appends_and_serves_reads_until_it_is_not()
    {
        var database = await new PostgresFixture().DatabaseAsync();
        await using var store = await PostgresFixture.ConnectAsync(database);
        var owner = await store.OpenAsync();
        var feed = new BatchFeed();
        await store.AppendAsync(owner, feed.Batch());
        await RunAsync(database, "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$");
        await RunAsync(database, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        var row = feed.Batch();
        StorageUnavailableException? refused = null;
        while (refused is null)
        {
            try
            {
                await store.AppendAsync(owner, row);
            }
            catch (CommitOutcomeUnknownException)
            {
                // One of the connections that were ended; the next one is new.
            }
            catch (StorageUnavailableException unavailable)
            {
                refused = unavailable;
            }
        }

        Assert.Contains("takes no writes", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1], await store.FirstsAsync(owner));
        await RunAsync(database, "do $$ begin execute format('alter database %I reset default_transaction_read_only', current_database()); end $$");
        await RunAsync(database, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => store.AppendAsync(owner, row));
        Assert.Equal(CommitOutcome.Committed, await store.AppendAsync(owner, row));
    }

    [PostgresFact]
    public async Task Commits_are_synchronous_whatever_the_default_of_the_database()
    {
        var database = await new PostgresFixture().DatabaseAsync();
        await RunAsync(database, "do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$");
        Assert.Equal("off", await RunAsync(database, "show synchronous_commit"));
        Assert.Equal("on", await RunAsync(PostgresConnectionText.Parse(database), "show synchronous_commit"));
    }

    [PostgresFact]
    public async Task A_missing_database_and_a_closed_port_are_named()
    {
        var database = new NpgsqlConnectionStringBuilder(await new PostgresFixture().DatabaseAsync());
        var missing = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => PostgresFixture.ConnectAsync(new NpgsqlConnectionStringBuilder(database.ToString()) { Database = "nowhere" }.ToString()));
        Assert.Contains("nowhere", missing.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", missing.Message, StringComparison.Ordinal);
        var closed = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => PostgresFixture.ConnectAsync(new NpgsqlConnectionStringBuilder(database.ToString()) { Port = 1 }.ToString()));
        Assert.Contains("127.0.0.1:1 does not answer", closed.Message, StringComparison.Ordinal);
    }

    private static async Task<object?> RunAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false" + (database.Contains("Options", StringComparison.Ordinal) ? "" : ";Options=-c default_transaction_read_only=off"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
