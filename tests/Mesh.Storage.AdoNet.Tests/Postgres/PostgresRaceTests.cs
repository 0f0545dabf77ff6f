using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet.Postgres;
using Mesh.Testing.Postgres;
using Mesh.Testing.Storage;
using Npgsql;
using Xunit;

namespace Mesh.Storage.AdoNet.Tests.Postgres;

/// <summary>What happens in the moment between two owners, held still by a transaction of the test's own.</summary>
public sealed class PostgresRaceTests : IAsyncLifetime
{
    private readonly PostgresFixture _fixture = new();
    private PostgresLogStore _store = null!;
    private NpgsqlConnection _other = null!;

    public async Task InitializeAsync()
    {
        if (RequiresPostgresAttribute.Missing is not null) return;
        var database = await _fixture.DatabaseAsync();
        _store = await PostgresFixture.ConnectAsync(database);
        _other = new NpgsqlConnection(database);
        await _other.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        if (_store is null) return;
        await _other.DisposeAsync();
        await _store.DisposeAsync();
    }

    [PostgresFact]
    public async Task A_commit_that_waited_while_the_token_was_raised_fails_for_that_stream_alone()
    {
        var (owner, beside) = (await _store.OpenAsync("raised"), await _store.OpenAsync("raised beside"));
        await using var raising = await _other.BeginTransactionAsync();
        await RunAsync($"update mesh.streams set token = token + 1 where number = {owner.Entry.Number.Value}");
        var commit = CommitAsync(owner, beside);
        await CommitWaitsAsync();
        await raising.CommitAsync();
        Assert.Equal([CommitOutcome.Fenced, CommitOutcome.Committed], await commit);
        Assert.Empty(await _store.FirstsAsync(owner));
        Assert.Equal([1], await _store.FirstsAsync(beside));
    }

    [PostgresFact]
    public async Task A_commit_that_waited_for_a_raise_that_was_rolled_back_is_committed()
    {
        var (owner, beside) = (await _store.OpenAsync("kept"), await _store.OpenAsync("kept beside"));
        await using var raising = await _other.BeginTransactionAsync();
        await RunAsync($"update mesh.streams set token = token + 1 where number = {owner.Entry.Number.Value}");
        var commit = CommitAsync(owner, beside);
        await CommitWaitsAsync();
        await raising.RollbackAsync();
        Assert.Equal([CommitOutcome.Committed, CommitOutcome.Committed], await commit);
    }

    [PostgresFact]
    public async Task A_commit_that_waited_while_its_stream_was_deleted_fails()
    {
        var (owner, beside) = (await _store.OpenAsync("deleted"), await _store.OpenAsync("deleted beside"));
        await using var deleting = await _other.BeginTransactionAsync();
        await RunAsync($"delete from mesh.streams where number = {owner.Entry.Number.Value}");
        var commit = CommitAsync(owner, beside);
        await CommitWaitsAsync();
        await deleting.CommitAsync();
        Assert.Equal([CommitOutcome.Fenced, CommitOutcome.Committed], await commit);
    }

    [PostgresFact]
    public async Task A_new_owner_waits_for_the_commit_under_way_and_sees_what_it_wrote()
    {
        var owner = await _store.OpenAsync("waited for");
        var row = new BatchFeed().Batch(5);
        await using var writing = await _other.BeginTransactionAsync();
        await RunAsync($"select 1 from mesh.streams where number = {owner.Entry.Number.Value} for no key update");
        var opening = Task.Run(() => _store.OpenAsync("waited for"));
        await WaitsAsync("update mesh.streams");
        await RunAsync(
            "insert into mesh.batches (stream, first_sequence, count, first_time, end_bytes, bytes) values ($1, 1, 5, $2, $3, $4)",
            owner.Entry.Number.Value, row.Place.FirstTime.Micros, row.Place.EndBytes, row.Bytes);
        await writing.CommitAsync();
        var opened = await opening;
        Assert.Equal((new Sequence(6), owner.Token.Value + 1), (opened.Next, opened.Token.Value));
    }

    [PostgresFact]
    public async Task A_connection_lost_in_a_commit_leaves_the_outcome_unknown_and_opening_tells_it()
    {
        var (owner, beside) = (await _store.OpenAsync("cut"), await _store.OpenAsync("cut beside"));
        await using (await _other.BeginTransactionAsync())
        {
            await RunAsync($"select 1 from mesh.streams where number = {owner.Entry.Number.Value} for update");
            var commit = CommitAsync(owner, beside);
            var waiting = await CommitWaitsAsync();
            await RunAsync($"select pg_terminate_backend({waiting})");
            await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => commit);
        }

        var opened = await _store.OpenAsync("cut");
        Assert.Equal(Sequence.First, opened.Next);
        Assert.Empty(await _store.FirstsAsync(beside));
        Assert.Equal([CommitOutcome.Committed, CommitOutcome.Committed], await CommitAsync(opened, beside));
    }

    [PostgresFact]
    public async Task Commits_of_the_same_streams_in_opposite_order_never_wait_in_a_circle()
    {
        var streams = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => _store.OpenAsync($"circle {index}")));
        var turns = Enumerable.Range(1, 40).Select(turn => Task.Run(async () =>
        {
            var commits = streams.Select(stream => LogStoreCalls.Append(stream) with { Journal = new JournalEntry(turn, [1]) });
            return await _store.CommitAsync([.. turn % 2 == 0 ? commits : commits.Reverse()]);
        }));
        Assert.All(await Task.WhenAll(turns), outcomes => Assert.DoesNotContain(CommitOutcome.Fenced, outcomes));
    }

    private Task<IReadOnlyList<CommitOutcome>> CommitAsync(OpenedStream owner, OpenedStream beside) =>
        Task.Run(async () => await _store.CommitAsync([LogStoreCalls.Append(owner, new BatchFeed().Batch()), LogStoreCalls.Append(beside, new BatchFeed().Batch())]));

    private Task<int> CommitWaitsAsync() => WaitsAsync("for no key update of s\n) held");

    /// <summary>Ends when a statement with this text waits for a lock.</summary>
    /// <returns>The process that waits.</returns>
    private async Task<int> WaitsAsync(string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            await using var command = new NpgsqlCommand(
                "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and strpos(query, $1) > 0", _other);
            command.Parameters.Add(new NpgsqlParameter { Value = text });
            if (await command.ExecuteScalarAsync() is int pid) return pid;

            // Within a transaction the view is a snapshot of its first use.
            await RunAsync("select pg_stat_clear_snapshot()");
        }
    }

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, _other);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
