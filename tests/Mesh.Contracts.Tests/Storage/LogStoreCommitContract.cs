using System.Text;
using Mesh.Engine.Storage;
using Mesh.Testing.Postgres;
using Mesh.Testing.Storage;
using Xunit;

namespace Mesh.Contracts.Tests.Storage;

/// <summary>Commits of many streams, and the fence that keeps one writer for each.</summary>
public abstract class LogStoreCommitContract(ILogStoreFixture fixture) : LogStoreContract(fixture)
{
    [ContractFact]
    public async Task What_many_streams_commit_at_once_is_there_after_a_restart()
    {
        var owners = await Store.OpenAsync([.. Enumerable.Range(0, 20).Select(index => Creating(Name($"s{index}")))]);
        var rows = owners.Select(_ => new BatchFeed().Batch(3, bodyBytes: 5000)).ToList();
        var outcomes = await Store.CommitAsync([.. owners.Select((owner, index) => Append(owner!, rows[index]))]);
        Assert.All(outcomes, outcome => Assert.Equal(CommitOutcome.Committed, outcome));
        await RestartAsync();
        for (var i = 0; i < owners.Count; i++)
        {
            var batch = Assert.Single((await ReadAllAsync(owners[i]!)).Batches);
            Assert.Equal(rows[i].Bytes, batch.Bytes.ToArray());
            Assert.Equal((rows[i].Place.First, 3, rows[i].Place.FirstTime), (batch.Header.First, batch.Header.Count, batch.Header.FirstTime));
        }
    }

    [ContractFact]
    public async Task An_empty_transaction_commits() => Assert.Empty(await Store.CommitAsync([]));

    [ContractFact]
    public async Task A_stream_with_nothing_to_write_still_tells_whether_it_is_owned()
    {
        var stale = await OpenAsync();
        var owner = await OpenAsync();
        Assert.Equal(CommitOutcome.Fenced, await CommitAsync(Append(stale)));
        Assert.Equal(CommitOutcome.Committed, await CommitAsync(Append(owner)));
    }

    [ContractFact]
    public async Task A_stale_stream_fails_alone_among_many_and_leaves_nothing_behind()
    {
        var a = await OpenAsync("a");
        var stale = await OpenAsync("b");
        var c = await OpenAsync("c");
        var owner = await OpenAsync("b");
        var full = Append(stale, new BatchFeed().Batch(2)) with
        {
            Journal = Entry(1),
            Snapshot = new SnapshotRow(1, [1]),
            Trim = new TrimRow(new Sequence(9), new Sequence(9), new RecordTime(9)),
        };
        var outcomes = await Store.CommitAsync([Append(c, new BatchFeed().Batch()), full, Append(a, new BatchFeed().Batch())]);
        Assert.Equal([CommitOutcome.Committed, CommitOutcome.Fenced, CommitOutcome.Committed], outcomes);
        Assert.Empty((await ReadAllAsync(stale)).Batches);
        Assert.Single((await ReadAllAsync(a)).Batches);
        Assert.Single((await ReadAllAsync(c)).Batches);
        var opened = await OpenAsync("b");
        Assert.Equal((Sequence.First, Sequence.First, 0L), (opened.LowWatermark, opened.Next, opened.SnapshotThrough));
        Assert.Empty(opened.Journal);
        Assert.Equal(owner.Token.Value + 1, opened.Token.Value);
    }

    [ContractFact]
    public async Task A_batch_that_is_there_already_makes_its_stream_fail_alone_and_whole()
    {
        var a = await OpenAsync("a");
        var b = await OpenAsync("b");
        var feed = new BatchFeed();
        var (one, two) = (feed.Batch(), feed.Batch(2));
        await AppendAsync(a, two);
        var again = Append(a, one, two) with { Journal = Entry(1), Snapshot = new SnapshotRow(1, [1]) };
        Assert.Equal([CommitOutcome.Fenced, CommitOutcome.Committed], await Store.CommitAsync([again, Append(b, one)]));
        AssertFirsts(await ReadAllAsync(a), 2);
        AssertFirsts(await ReadAllAsync(b), 1);
        var opened = await OpenAsync("a");
        Assert.Empty(opened.Journal);
        Assert.Equal(0, opened.SnapshotThrough);
    }

    [ContractFact]
    public async Task A_journal_entry_that_is_there_already_makes_its_stream_fail_whole()
    {
        var owner = await OpenAsync();
        await CommitAsync(Append(owner) with { Journal = Entry(1) });
        Assert.Equal(CommitOutcome.Fenced, await CommitAsync(Append(owner, new BatchFeed().Batch()) with { Journal = Entry(1) }));
        Assert.Empty((await ReadAllAsync(owner)).Batches);
    }

    [ContractFact]
    public async Task A_journal_entry_within_the_snapshot_of_its_own_commit_is_not_kept()
    {
        var owner = await OpenAsync();
        await CommitAsync(Append(owner) with { Journal = Entry(1) });
        await CommitAsync(Append(owner) with { Journal = Entry(2), Snapshot = new SnapshotRow(2, Encoding.UTF8.GetBytes("all")) });
        await CommitAsync(Append(owner) with { Journal = Entry(3) });
        var opened = await OpenAsync();
        Assert.Equal(2, opened.SnapshotThrough);
        Assert.Equal(3, Assert.Single(opened.Journal).Number);
    }

    [ContractFact]
    public async Task Several_batches_of_one_stream_commit_together()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        await AppendAsync(owner, feed.Batch(2), feed.Batch(), feed.Batch(4));
        AssertFirsts(await ReadAllAsync(owner), 1, 3, 4);
        Assert.Equal(new Sequence(8), (await OpenAsync()).Next);
    }

    /// <summary>Owners take the stream from each other while they append, each by its own store, always among other streams' commits.</summary>
    [ContractFact]
    public async Task Two_owners_that_race_write_one_history_without_gap_or_double()
    {
        var stores = new[] { Store, await ConnectAsync() };
        var racers = stores.Select((store, index) => Task.Run(() => RaceAsync(store, $"beside {index}")));
        var acknowledged = (await Task.WhenAll(racers)).SelectMany(bytes => bytes).ToList();
        var stream = await OpenAsync("raced");
        var page = await ReadAllAsync(stream);
        Assert.Empty(page.Damaged);
        Assert.Equal(Enumerable.Range(1, page.Batches.Count).Select(first => (long)first), Firsts(page));
        var stored = page.Batches.Select(batch => Convert.ToBase64String(batch.Bytes.Span)).ToHashSet();
        Assert.Equal(acknowledged.Count, stored.Count);
        Assert.All(acknowledged, bytes => Assert.Contains(Convert.ToBase64String(bytes), stored));
        for (var index = 0; index < stores.Length; index++)
        {
            var beside = await ReadAllAsync(await OpenAsync($"beside {index}"));
            Assert.Equal(Enumerable.Range(1, 60).Select(first => (long)first), Firsts(beside));
        }
    }

    private async Task<List<byte[]>> RaceAsync(ILogStore store, string besideName)
    {
        var acknowledged = new List<byte[]>();
        var beside = await OpenAsync(besideName, store);
        var besideFeed = new BatchFeed();
        OpenedStream? raced = null;
        BatchFeed? feed = null;
        for (var turn = 0; turn < 60; turn++)
        {
            if (feed is null)
            {
                raced = await OpenAsync("raced", store);
                feed = BatchFeed.After(raced);
            }

            var row = feed.Batch(bodyBytes: Random.Shared.Next(20, 2000));
            var outcomes = await store.CommitAsync([Append(beside, besideFeed.Batch()), Append(raced!, row)]);
            Assert.Equal(CommitOutcome.Committed, outcomes[0]);
            if (outcomes[1] == CommitOutcome.Committed) acknowledged.Add(row.Bytes);
            else feed = null;
        }

        return acknowledged;
    }
}
