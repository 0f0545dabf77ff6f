using Mesh.Engine.Storage;
using Mesh.Testing.Postgres;
using Mesh.Testing.Storage;
using Xunit;

namespace Mesh.Contracts.Tests.Storage;

/// <summary>Reading batches by sequence, time and id, both ways, within bounds.</summary>
public abstract class LogStoreReadContract(ILogStoreFixture fixture) : LogStoreContract(fixture)
{
    [ContractFact]
    public async Task A_stream_without_batches_reads_as_an_exhausted_page()
    {
        var stream = (await OpenAsync()).Entry.Number;
        foreach (var page in new[]
        {
            await Store.ReadAsync(stream, Sequence.First, Sequence.Max, 1000),
            await Store.ReadBackwardsAsync(stream, Sequence.Max, Sequence.First, 1000),
            await Store.ReadAsync(new StreamNumber(long.MaxValue), Sequence.First, Sequence.Max, 1000),
        })
        {
            Assert.Empty(page.Batches);
            Assert.Empty(page.Damaged);
            Assert.True(page.Exhausted);
        }

        Assert.Empty(await Store.PlacesAsync(stream, Sequence.First, 10));
        Assert.Null(await Store.FindAsync(stream, RecordTime.Max));
        Assert.Null(await Store.FindAsync(stream, RingId.Max));
    }

    [ContractFact]
    public async Task A_read_begins_with_the_batch_that_holds_its_start_and_ends_with_the_one_that_holds_its_end()
    {
        var (stream, _) = await TenBatchesOfThreeAsync();
        AssertFirsts(await Store.ReadAsync(stream, new Sequence(6), new Sequence(10), int.MaxValue), 4, 7, 10);
        AssertFirsts(await Store.ReadBackwardsAsync(stream, new Sequence(10), new Sequence(6), int.MaxValue), 10, 7, 4);
        AssertFirsts(await Store.ReadAsync(stream, new Sequence(30), Sequence.Max, int.MaxValue), 28);
        Assert.Empty((await Store.ReadAsync(stream, new Sequence(31), Sequence.Max, int.MaxValue)).Batches);
        AssertFirsts(await Store.ReadBackwardsAsync(stream, Sequence.Max, new Sequence(27), int.MaxValue), 28, 25);
        AssertFirsts(await Store.ReadBackwardsAsync(stream, new Sequence(2), Sequence.None, int.MaxValue), 1);
    }

    [ContractFact]
    public async Task A_page_ends_with_the_batch_that_reaches_its_bytes_and_says_whether_more_follows()
    {
        var (stream, rows) = await TenBatchesOfThreeAsync();
        var two = rows[0].Bytes.Length + 1;
        foreach (var backwards in new[] { false, true })
        {
            var firsts = new List<long>();
            var at = backwards ? Sequence.Max : Sequence.First;
            for (var exhausted = false; !exhausted;)
            {
                var page = backwards
                    ? await Store.ReadBackwardsAsync(stream, at, new Sequence(4), two)
                    : await Store.ReadAsync(stream, at, new Sequence(27), two);
                firsts.AddRange(Firsts(page));
                exhausted = page.Exhausted;
                Assert.Equal(exhausted && firsts.Count % 2 == 1 ? 1 : 2, page.Batches.Count);
                at = backwards ? page.Batches[^1].Header.First.Plus(-1) : page.Batches[^1].Header.Last.Next();
            }

            var expected = Enumerable.Range(0, 9).Select(index => (long)(index * 3) + 1).ToList();
            Assert.Equal(backwards ? expected.Select(first => 29 - first) : expected, firsts);
        }
    }

    [ContractFact]
    public async Task A_page_holds_one_batch_however_few_bytes_it_may_have()
    {
        var (stream, _) = await TenBatchesOfThreeAsync();
        var page = await Store.ReadAsync(stream, new Sequence(5), Sequence.Max, 1);
        AssertFirsts(page, 4);
        Assert.False(page.Exhausted);
        page = await Store.ReadBackwardsAsync(stream, new Sequence(5), Sequence.First, 1);
        AssertFirsts(page, 4);
        Assert.False(page.Exhausted);
    }

    [ContractFact]
    public async Task A_full_page_at_the_end_of_the_range_is_exhausted()
    {
        var (stream, _) = await TenBatchesOfThreeAsync();
        Assert.True((await Store.ReadAsync(stream, new Sequence(5), new Sequence(6), 1)).Exhausted);
        Assert.True((await Store.ReadAsync(stream, new Sequence(29), Sequence.Max, 1)).Exhausted);
        Assert.True((await Store.ReadBackwardsAsync(stream, new Sequence(6), new Sequence(5), 1)).Exhausted);
        Assert.True((await Store.ReadBackwardsAsync(stream, new Sequence(3), Sequence.None, 1)).Exhausted);
    }

    [ContractFact]
    public async Task Places_come_without_bytes_from_the_batch_that_holds_the_start()
    {
        var (stream, rows) = await TenBatchesOfThreeAsync();
        Assert.Equal(rows.Skip(1).Take(4).Select(row => row.Place), await Store.PlacesAsync(stream, new Sequence(6), 4));
        Assert.Equal(rows.Select(row => row.Place), await Store.PlacesAsync(stream, Sequence.None, StorageLimits.PlacesMax));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.PlacesAsync(stream, Sequence.First, StorageLimits.PlacesMax + 1));
    }

    [ContractFact]
    public async Task A_time_and_an_id_find_the_last_batch_that_does_not_begin_after_them()
    {
        var (stream, rows) = await TenBatchesOfThreeAsync();
        var before = rows[0].Place;
        Assert.Null(await Store.FindAsync(stream, before.FirstTime.Plus(-1)));
        Assert.Null(await Store.FindAsync(stream, before.FirstId!.Value.Previous()!.Value));
        for (var i = 0; i < rows.Length; i++)
        {
            var place = rows[i].Place;
            Assert.Equal(place, await Store.FindAsync(stream, place.FirstTime));
            Assert.Equal(place, await Store.FindAsync(stream, place.FirstTime.Plus(99)));
            Assert.Equal(place, await Store.FindAsync(stream, place.FirstId!.Value));
            Assert.Equal(place, await Store.FindAsync(stream, new RingId(place.FirstId.Value.Milliseconds, ulong.MaxValue)));
        }
    }

    [ContractFact]
    public async Task Searches_in_batches_of_uneven_size_find_what_a_walk_finds()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        var rows = Enumerable.Range(0, 200).Select(index =>
        {
            feed.Time = feed.Time.Plus(index * 7 % 13);
            return feed.Batch(1 + (index * index % 17));
        }).ToArray();
        await AppendAsync(owner, rows);
        await CommitAsync(Append(owner) with { Trim = new TrimRow(rows[20].Place.First, feed.Next, feed.Time) });
        for (var time = rows[0].Place.FirstTime; time < feed.Time; time = time.Plus(11))
        {
            BatchPlace? expected = rows[20].Place.FirstTime > time ? null : rows.Last(row => row.Place.FirstTime <= time).Place;
            Assert.Equal(expected, await Store.FindAsync(owner.Entry.Number, time));
        }
    }

    [ContractFact]
    public async Task A_damaged_batch_is_named_and_skipped_and_the_rest_is_served()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        var rows = Enumerable.Range(0, 4).Select(_ => feed.Batch(2)).ToArray();
        rows[1].Bytes[^1] ^= 1;
        rows[2] = rows[2] with { Place = rows[2].Place with { FirstTime = new RecordTime(77) } };
        await AppendAsync(owner, rows);
        foreach (var page in new[] { await ReadAllAsync(owner), await Store.ReadBackwardsAsync(owner.Entry.Number, Sequence.Max, Sequence.First, int.MaxValue) })
        {
            Assert.Equal(new long[] { 1, 7 }, Firsts(page).Order());
            Assert.Equal([(3, 2), (5, 2)], page.Damaged.Select(row => (row.First.Value, row.Count)).Order());
            Assert.Contains("checksum", page.Damaged.Single(row => row.First.Value == 3).Reason, StringComparison.Ordinal);
            Assert.Contains("77", page.Damaged.Single(row => row.First.Value == 5).Reason, StringComparison.Ordinal);
        }
    }

    /// <summary>Times 100 µs apart; ids (1, 5), (2, 5), …</summary>
    private async Task<(StreamNumber Stream, BatchRow[] Rows)> TenBatchesOfThreeAsync()
    {
        var owner = await OpenAsync();
        var feed = new BatchFeed();
        var rows = new BatchRow[10];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = feed.Batch(3, bodyBytes: 40, firstId: new RingId((ulong)i + 1, 5));
            feed.Time = rows[i].Place.FirstTime.Plus(100);
        }

        await AppendAsync(owner, rows);
        return (owner.Entry.Number, rows);
    }
}
