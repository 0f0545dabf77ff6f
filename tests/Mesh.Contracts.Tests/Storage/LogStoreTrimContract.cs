using Mesh.Engine.Storage;
using Mesh.Testing.Postgres;
using Mesh.Testing.Storage;
using Xunit;

namespace Mesh.Contracts.Tests.Storage;

/// <summary>Deleting what is gone: by trim, by deletion of a stream, in bounded steps.</summary>
public abstract class LogStoreTrimContract(ILogStoreFixture fixture) : LogStoreContract(fixture)
{
    [ContractFact]
    public async Task A_trim_deletes_only_whole_batches_below_the_low_watermark()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        await AppendAsync(owner, feed.Batch(3), feed.Batch(3), feed.Batch(3));
        await CommitAsync(Append(owner) with { Trim = new TrimRow(new Sequence(6), feed.Next, feed.Time.Plus(-1)) });
        AssertFirsts(await ReadAllAsync(owner), 4, 7);
        var opened = await OpenAsync();
        Assert.Equal((new Sequence(6), new Sequence(10)), (opened.LowWatermark, opened.Next));
        Assert.Equal((4L, 7L), (opened.FirstBatch!.Value.First.Value, opened.LastBatch!.Value.First.Value));
    }

    [ContractFact]
    public async Task After_the_trim_of_every_record_the_next_sequence_and_the_last_time_are_kept()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        await AppendAsync(owner, feed.Batch(3), feed.Batch(3));
        var last = feed.Time.Plus(-1);
        await CommitAsync(Append(owner) with { Trim = new TrimRow(feed.Next, feed.Next, last) });
        await RestartAsync();
        var opened = await OpenAsync();
        Assert.Equal((new Sequence(7), new Sequence(7), last), (opened.LowWatermark, opened.Next, opened.LastTime));
        Assert.Equal((null, null), (opened.FirstBatch, opened.LastBatch));
        await AppendAsync(opened, BatchFeed.After(opened).Batch(2));
        Assert.Equal(new Sequence(9), (await OpenAsync()).Next);
    }

    [ContractFact]
    public async Task A_commit_that_adds_and_trims_at_once_keeps_only_what_is_above_the_low_watermark()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        await AppendAsync(owner, feed.Batch(2));
        var rows = new[] { feed.Batch(2), feed.Batch(2) };
        await CommitAsync(Append(owner, rows) with { Trim = new TrimRow(new Sequence(5), feed.Next, feed.Time.Plus(-1)) });
        AssertFirsts(await ReadAllAsync(owner), 5);
        var gone = feed.Batch(2);
        await CommitAsync(Append(owner, gone) with { Trim = new TrimRow(feed.Next, feed.Next, feed.Time.Plus(-1)) });
        Assert.Empty((await ReadAllAsync(owner)).Batches);
        Assert.Equal((feed.Next, gone.Place.LastTime), ((await OpenAsync()).Next, (await OpenAsync()).LastTime));
    }

    [ContractFact]
    public async Task A_ring_trimmed_with_every_append_keeps_exactly_its_last_batches()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        for (var turn = 0; turn < 300; turn++)
        {
            var row = feed.Batch(2);
            var low = new Sequence(Math.Max(1, feed.Next.Value - 10));
            Assert.Equal(
                CommitOutcome.Committed,
                await CommitAsync(Append(owner, row) with { Trim = new TrimRow(low, feed.Next, row.Place.LastTime) }));
        }

        AssertFirsts(await ReadAllAsync(owner), 591, 593, 595, 597, 599);
    }

    [ContractFact]
    public async Task A_large_cut_is_deleted_in_steps_bounded_over_all_streams_of_a_transaction()
    {
        var owners = new[] { await OpenAsync("one"), await OpenAsync("other") };
        var feeds = new[] { new BatchFeed(), new BatchFeed() };
        for (var i = 0; i < 2; i++) await AppendAsync(owners[i], [.. Enumerable.Range(0, 1500).Select(_ => feeds[i].Batch())]);
        var steps = await CutAsync(owners, feeds);
        Assert.Equal((3000 + StorageLimits.TrimBatchesMax - 1) / StorageLimits.TrimBatchesMax, steps.Count);
        Assert.All(steps, batches => Assert.InRange(batches, 1, StorageLimits.TrimBatchesMax));
    }

    [ContractFact]
    public async Task A_cut_of_large_batches_is_bounded_in_bytes_and_a_batch_of_any_size_goes()
    {
        const int Mega = 1024 * 1024;
        var owners = new[] { await OpenAsync("one"), await OpenAsync("other") };
        var feeds = new[] { new BatchFeed(), new BatchFeed() };
        await AppendAsync(owners[0], [.. Enumerable.Range(0, 20).Select(_ => feeds[0].Batch(bodyBytes: Mega))]);
        await AppendAsync(owners[1], feeds[1].Batch(bodyBytes: 20 * Mega), feeds[1].Batch());
        var steps = await CutAsync(owners, feeds);
        Assert.Equal(22, steps.Sum());
        Assert.All(steps, batches => Assert.InRange(batches, 1, (int)(StorageLimits.TrimBytesMax / Mega) + 1));
        Assert.InRange(steps.Count, 2, 4);
    }

    [ContractFact]
    public async Task An_owner_that_comes_in_the_middle_of_a_cut_finds_where_it_begins_and_what_is_left()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        await AppendAsync(owner, [.. Enumerable.Range(0, StorageLimits.TrimBatchesMax + 10).Select(_ => feed.Batch())]);
        var low = new Sequence(feed.Next.Value - 1);
        var commit = Append(owner) with { Trim = new TrimRow(low, feed.Next, feed.Time.Plus(-1)) };
        Assert.Equal(CommitOutcome.TrimUnfinished, await CommitAsync(commit));
        var opened = await OpenAsync();
        Assert.Equal((low, feed.Next), (opened.LowWatermark, opened.Next));
        Assert.Equal(StorageLimits.TrimBatchesMax + 1, opened.FirstBatch!.Value.First.Value);
        Assert.Equal(CommitOutcome.Committed, await CommitAsync(commit with { Token = opened.Token }));
        AssertFirsts(await ReadAllAsync(owner), low.Value);
    }

    [ContractFact]
    public async Task A_stream_made_again_has_a_new_number_and_the_old_owner_is_refused()
    {
        var old = await OpenAsync();
        await AppendAsync(old, new BatchFeed().Batch(3));
        Assert.Equal(old.Entry.Number, await Store.DeleteAsync(Name("s")));
        Assert.Null(await Store.DeleteAsync(Name("s")));
        Assert.Null(await Store.FindEntryAsync(Name("s")));
        Assert.Equal(CommitOutcome.Fenced, await AppendAsync(old, new BatchFeed(new Sequence(4), new RecordTime(9_000_000)).Batch()));
        await RestartAsync();
        var again = await OpenAsync();
        Assert.True(again.IsNew);
        Assert.True(again.Entry.Number.Value > old.Entry.Number.Value);
        Assert.Equal(Sequence.First, again.Next);
        Assert.Equal(CommitOutcome.Fenced, await AppendAsync(old, new BatchFeed().Batch()));
        Assert.Equal(CommitOutcome.Committed, await AppendAsync(again, new BatchFeed().Batch()));
    }

    [ContractFact]
    public async Task A_deleted_stream_is_reclaimed_in_bounded_steps_and_others_stay()
    {
        var kept = await OpenAsync("kept");
        var gone = await OpenAsync("gone");
        await AppendAsync(kept, new BatchFeed().Batch());
        var feed = new BatchFeed();
        await AppendAsync(gone, [.. Enumerable.Range(0, 2500).Select(_ => feed.Batch())]);
        await CommitAsync(Append(gone) with { Journal = Entry(1), Snapshot = new SnapshotRow(0, [1]) });
        await Store.DeleteAsync(Name("gone"));
        var steps = 0;
        var left = (await ReadAllAsync(gone)).Batches.Count;
        while (await Store.ReclaimAsync())
        {
            var now = (await ReadAllAsync(gone)).Batches.Count;
            Assert.True(left - now <= 1000, $"One step removed {left - now} rows.");
            left = now;
            steps++;
            Assert.True(steps < 100, "Reclaiming does not come to an end.");
        }

        Assert.Empty((await ReadAllAsync(gone)).Batches);
        Assert.Single((await ReadAllAsync(kept)).Batches);
        Assert.False(await Store.ReclaimAsync());
    }

    /// <summary>Cuts everything off streams, in one transaction after another.</summary>
    /// <returns>How many batches went with each.</returns>
    private async Task<List<int>> CutAsync(OpenedStream[] owners, BatchFeed[] feeds)
    {
        var steps = new List<int>();
        for (var left = await CountAsync(owners); left > 0;)
        {
            var outcomes = await Store.CommitAsync([.. owners.Select((owner, i) => Append(owner) with { Trim = new TrimRow(feeds[i].Next, feeds[i].Next, feeds[i].Time.Plus(-1)) })]);
            var now = await CountAsync(owners);
            Assert.Equal(now > 0, outcomes.Contains(CommitOutcome.TrimUnfinished));
            Assert.DoesNotContain(CommitOutcome.Fenced, outcomes);
            Assert.True(now < left, "A step deleted nothing.");
            steps.Add(left - now);
            left = now;
        }

        return steps;
    }

    private async Task<int> CountAsync(OpenedStream[] streams)
    {
        var batches = 0;
        foreach (var stream in streams) batches += (await Store.PlacesAsync(stream.Entry.Number, Sequence.First, StorageLimits.PlacesMax)).Count;
        return batches;
    }
}
