using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What rings promise beyond streams: deleting one by one, positions set by hand, and consumer groups (Redis 7.0).</summary>
public abstract class RingContract : MeshContract
{
    private static readonly StreamName Name = StreamName.Ring("orders");

    private IRing Ring => Mesh.Ring(Name);

    [ContractFact]
    public async Task A_ring_that_does_not_exist_has_no_groups_and_is_not_created_by_asking()
    {
        Assert.Equal(GroupOutcome.NoStream, (await Ring.CreateGroupAsync("g", default, createStream: false)).Outcome);
        Assert.Equal(GroupOutcome.NoStream, (await Ring.DeliverAsync(new GroupRead("g", "one", 1, null, false))).Outcome);
        Assert.Equal(GroupOutcome.NoStream, (await Ring.AcknowledgeAsync("g", [RingId.Max])).Outcome);
        Assert.Equal(RingPositionResult.NoStream, await Ring.SetPositionAsync(new RingPosition(RingId.Max, null, RingId.None)));
        Assert.Equal(0, await Ring.DeleteAsync([RingId.Max]));
        Assert.Null(await Ring.DescribeAsync(null, 10));
        Assert.Null(await Mesh.Catalogue.FindAsync(Name));
        Assert.Equal(GroupOutcome.Done, (await Ring.CreateGroupAsync("g", default, createStream: true)).Outcome);
        Assert.Equal(GroupOutcome.Exists, (await Ring.CreateGroupAsync("g", default, createStream: true)).Outcome);
        Assert.Equal("g", (await Ring.DescribeAsync(null, 10))!.Groups.Single().Name);
    }

    [ContractFact]
    public async Task Deleted_records_are_gone_for_every_reader_and_their_places_stay_used()
    {
        await Ring.AppendAsync(Given.WithIds(Id(1), Id(2), Id(3), Id(4), Id(5)));
        Assert.Equal(2, await Ring.DeleteAsync([Id(2), Id(4), Id(4), Id(9)]));
        await RestartAsync();
        Assert.Equal([1, 3, 5], (await Ring.ReadAsync(new ReadQuery())).Sequences());
        Assert.Equal([5, 3, 1], (await Ring.ReadAsync(ReadQuery.Last(10))).Sequences());
        Assert.Equal([3], (await Ring.RangeAsync(Id(2), Id(4), 10, backwards: false)).Sequences());
        Assert.Equal(3, (await Ring.StateAsync()).Length);
        Assert.Equal(1, await Ring.TrimToCountAsync(2));
        Assert.Equal([3, 5], (await Ring.ReadAsync(new ReadQuery())).Sequences());
        var info = (await Ring.DescribeAsync(null, 10))!;
        Assert.Equal((2, Id(3), Id(5), Id(4), 5), (info.Length, info.FirstId, info.LastId, info.MaxDeletedId, info.EntriesAdded));
        Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.WithIds(Id(6)), new AppendOptions { TrimToCount = 2 }));
        Assert.Equal([5, 6], (await Ring.ReadAsync(new ReadQuery())).Sequences());
    }

    [ContractFact]
    public async Task A_trim_drops_no_more_than_it_was_told()
    {
        await Ring.AppendAsync(Given.WithIds(Id(1), Id(2), Id(3), Id(4), Id(5), Id(6), Id(7)));
        await Ring.DeleteAsync([Id(2)]);
        Assert.Equal(2, await Ring.TrimToCountAsync(1, dropMax: 2));
        Assert.Equal([4, 5, 6, 7], (await Ring.ReadAsync(new ReadQuery())).Sequences());
        Assert.Equal(1, await Ring.TrimBelowAsync(Id(7), dropMax: 1));
        Assert.Equal(0, await Ring.TrimToCountAsync(3, dropMax: 2));
        Assert.Equal([5, 6, 7], (await Ring.ReadAsync(new ReadQuery())).Sequences());
        Assert.Equal(2, await Ring.TrimBelowAsync(Id(7), dropMax: 9));
        await RestartAsync();
        Assert.Equal([7], (await Ring.ReadAsync(new ReadQuery())).Sequences());
    }

    [ContractFact]
    public async Task Ids_go_on_from_the_position_that_was_set()
    {
        await Ring.AppendAsync(Given.WithIds(Id(1), Id(2)));
        Assert.Equal(RingPositionResult.BelowTop, await Ring.SetPositionAsync(new RingPosition(Id(1), null, RingId.None)));
        Assert.Equal(RingPositionResult.AddedBelowLength, await Ring.SetPositionAsync(new RingPosition(Id(2), 1, RingId.None)));
        var far = new RingId(9_000_000_000_000, 0);
        Assert.Equal(RingPositionResult.Done, await Ring.SetPositionAsync(new RingPosition(far, 100, Id(1))));
        await RestartAsync();
        Assert.Equal(far.Next(), Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.Segment("a"))).FirstId);
        var info = (await Ring.DescribeAsync(null, 10))!;
        Assert.Equal((3, Id(1), 101), (info.Length, info.MaxDeletedId, info.EntriesAdded));
        await Ring.TrimToCountAsync(0);
        Assert.Equal(RingPositionResult.Done, await Ring.SetPositionAsync(new RingPosition(Id(7), null, RingId.None)));
        await RestartAsync();
        Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.WithIds(Id(8))));
        Assert.Equal([4], (await Ring.RangeAsync(Id(7), Id(9), 10, backwards: false)).Sequences());
    }

    [ContractFact]
    public async Task Each_record_goes_to_one_consumer_and_stays_pending_until_it_is_acknowledged()
    {
        await Ring.AppendAsync(Given.WithIds(Id(1), Id(2), Id(3)));
        await Ring.CreateGroupAsync("g", new GroupStart(RingId.None, null), createStream: false);
        Assert.Equal([1, 2], await DeliverAsync("one", 2));
        Assert.Equal([3], await DeliverAsync("two", 2));
        Assert.Equal([], await DeliverAsync("two", 2));
        await RestartAsync();
        Assert.Equal([], await DeliverAsync("one", 2));
        Assert.Equal([1, 2], await DeliverAsync("one", 9, RingId.None));
        Assert.Equal(new GroupAnswer(GroupOutcome.Done, 2), await Ring.AcknowledgeAsync("g", [Id(1), Id(3), Id(3), Id(8)]));
        await RestartAsync();
        var pending = await Ring.PendingAsync("g", new PendingQuery(RingId.None, RingId.Max, 10, null, TimeSpan.Zero));
        Assert.Equal([new PendingView(Id(2), "one", RecordTime.From(Clock.GetUtcNow()), 2)], pending.Entries);
        var group = (await Ring.DescribeAsync("g", 10))!.Groups.Single();
        Assert.Equal((Id(3), 3L, 0L, 1L), (group.LastDelivered, group.EntriesRead, group.Lag, group.PendingCount));
        Assert.Equal(["one", "two"], group.Consumers.Select(consumer => consumer.Name));
    }

    [ContractFact]
    public async Task Pending_entries_are_claimed_by_id_or_when_they_are_idle()
    {
        await Ring.AppendAsync(Given.WithIds(Id(1), Id(2), Id(3)));
        await Ring.CreateGroupAsync("g", new GroupStart(RingId.None, null), createStream: false);
        await DeliverAsync("one", 3);
        Clock.Advance(TimeSpan.FromSeconds(10));
        var claimed = await Ring.ClaimPendingAsync(new PendingClaim("g", "two", [Id(1), Id(7)]) { IdleMin = TimeSpan.FromSeconds(5) });
        Assert.Equal([Id(1)], claimed.Ids);
        await Ring.DeleteAsync([Id(2)]);
        var idle = await Ring.ClaimIdleAsync(new IdleClaim("g", "two", TimeSpan.FromSeconds(5), RingId.None, 10, IdsOnly: false));
        Assert.Equal([Id(3)], idle.Ids);
        Assert.Equal([Id(2)], idle.Missing);
        Assert.Equal(RingId.None, idle.Next);
        Assert.Equal([3], idle.Records.Sequences());
        await RestartAsync();
        var pending = await Ring.PendingAsync("g", new PendingQuery(RingId.None, RingId.Max, 10, "two", TimeSpan.Zero));
        Assert.Equal([(Id(1), 2L), (Id(3), 2L)], pending.Entries.Select(entry => (entry.Id, entry.Deliveries)));
        Assert.Equal(new GroupAnswer(GroupOutcome.Done, 2), await Ring.DeleteConsumerAsync("g", "two"));
        Assert.Equal(new GroupAnswer(GroupOutcome.Done, 1), await Ring.DeleteGroupAsync("g"));
        Assert.Empty((await Ring.DescribeAsync(null, 10))!.Groups);
    }

    [ContractFact]
    public async Task Consumers_that_ask_at_once_share_the_records_without_gap_or_double()
    {
        await Ring.CreateGroupAsync("g", default, createStream: true);
        var appends = Enumerable.Range(1, 200).Select(i => Ring.AppendAsync(Given.Segment($"{i}")).AsTask()).ToList();
        var consumers = Enumerable.Range(0, 4).Select(async consumer =>
        {
            var got = new List<long>();
            while (true)
            {
                var records = await Ring.DeliverAsync(new GroupRead("g", $"{consumer}", 7, null, false));
                got.AddRange(records.Records.Sequences());
                if (records.Records.Count == 0 && records.Records.HighWatermark.Value == 200) return got;
            }
        });
        var all = (await Task.WhenAll(consumers)).SelectMany(got => got).Order().ToList();
        await Task.WhenAll(appends);
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), all);
    }

    [ContractFact]
    public async Task A_ring_whose_time_is_up_is_gone_with_its_groups_and_may_be_made_anew()
    {
        await Ring.AppendAsync(Given.WithIds(Id(1), Id(2)));
        await Ring.CreateGroupAsync("g", default, createStream: false);
        var before = (await Mesh.Catalogue.FindAsync(Name))!;
        var at = RecordTime.From(Clock.GetUtcNow()).Plus(TimeSpan.FromSeconds(10));
        Assert.True(await Mesh.Catalogue.UpdateAsync(Name, before.Options with { ExpiresAt = at }, before.Metadata));
        await RestartAsync();
        Assert.Equal([1, 2], (await Ring.ReadAsync(new ReadQuery())).Sequences());
        Assert.Equal(at, (await Mesh.Catalogue.FindAsync(Name))!.Options.ExpiresAt);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, (await Ring.ReadAsync(new ReadQuery())).Count);
        Assert.Null(await Mesh.Catalogue.FindAsync(Name));
        Assert.Equal(GroupOutcome.NoStream, (await Ring.DeliverAsync(new GroupRead("g", "one", 1, null, false))).Outcome);
        var again = Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.WithIds(Id(1))));
        Assert.Equal(Sequence.First, again.First);
        Assert.NotEqual(before.Number, again.Stream);
        Assert.Null((await Mesh.Catalogue.FindAsync(Name))!.Options.ExpiresAt);
    }

    [ContractFact]
    public async Task A_ring_that_is_given_more_time_lives_on()
    {
        await Ring.AppendAsync(Given.WithIds(Id(1)));
        var entry = (await Mesh.Catalogue.FindAsync(Name))!;
        var now = RecordTime.From(Clock.GetUtcNow());
        await Mesh.Catalogue.UpdateAsync(Name, entry.Options with { ExpiresAt = now.Plus(TimeSpan.FromSeconds(10)) }, entry.Metadata);
        await Mesh.Catalogue.UpdateAsync(Name, entry.Options with { ExpiresAt = null }, entry.Metadata);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.WithIds(Id(2))));
        Assert.Equal([1, 2], (await Ring.ReadAsync(new ReadQuery())).Sequences());
    }

    private static RingId Id(int number) => new((ulong)number, 0);

    private async Task<List<long>> DeliverAsync(string consumer, int max, RingId? after = null) =>
        (await Ring.DeliverAsync(new GroupRead("g", consumer, max, after, false))).Records.Sequences();
}
