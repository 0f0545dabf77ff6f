using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What consumer groups and their claims promise on every kind of log.</summary>
public abstract class GroupContract : MeshContract
{
    private const string Group = "g";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>For what happens in the time of other threads.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private IGroupedLog _log = null!;

    public static TheoryData<StreamKind> Kinds() => [StreamKind.Channel, StreamKind.Partition, StreamKind.Ring, StreamKind.Room];

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_delivered_stays_pending_until_it_is_acknowledged(StreamKind kind)
    {
        await OpenAsync(kind, "a", "b", "c");
        Assert.Equal(["a", "b"], (await _log.DeliverAsync(new GroupRead(Group, "one", 2, null, false))).Records.Bodies());
        await RestartAsync(kind);
        Assert.Equal(["c"], (await _log.DeliverAsync(new GroupRead(Group, "two", 2, null, false))).Records.Bodies());
        Assert.Equal(["a", "b"], (await _log.DeliverAsync(new GroupRead(Group, "one", 9, RingId.None, false))).Records.Bodies());
        var pending = (await _log.PendingAsync(Group, new PendingQuery(RingId.None, RingId.Max, 10, null, TimeSpan.Zero))).Entries;
        Assert.Equal([("one", 2), ("one", 2), ("two", 1)], pending.Select(entry => (entry.Consumer, entry.Deliveries)));
        if (kind != StreamKind.Ring) Assert.Equal([Id(1), Id(2), Id(3)], pending.Select(entry => entry.Id));
        Assert.Equal(new GroupAnswer(GroupOutcome.Done, 1), await _log.AcknowledgeAsync(Group, [pending[0].Id, RingId.Max]));
        Assert.Equal(["b", "c"], (await _log.ClaimIdleAsync(new IdleClaim(Group, "three", TimeSpan.Zero, RingId.None, 9, false))).Records.Bodies());
        await RestartAsync(kind);
        var info = (await _log.DescribeAsync(Group, 10))!;
        Assert.Equal((3, 3, 2, 0), (info.Length, info.EntriesAdded, info.Groups.Single().PendingCount, info.Groups.Single().Lag));
        Assert.Equal(["a", "b", "c"], (await _log.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task A_claim_keeps_its_records_from_others_until_its_time_is_up(StreamKind kind)
    {
        await OpenAsync(kind, "a", "b", "c", "d");
        var first = await ClaimAsync("one", 2);
        Assert.Equal(["a", "b"], first.Records.Bodies());
        Assert.Equal([1, 1], first.DeliveryCounts);
        Assert.Equal(first.Now.Plus(Minute), first.VisibleAgainAt);
        Assert.Equal(["c"], (await ClaimAsync("two", 1)).Records.Bodies());
        await RestartAsync(kind);
        Clock.Advance(Minute - TimeSpan.FromSeconds(1));
        Assert.Equal(["d"], (await ClaimAsync("two", 9)).Records.Bodies());
        Assert.Null((await ClaimAsync("two", 9)).Id);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var again = await ClaimAsync("two", 9);
        Assert.Equal(["a", "b", "c"], again.Records.Bodies());
        Assert.Equal([2, 2, 2], again.DeliveryCounts);
        await RestartAsync(kind);
        Assert.Equal([GroupAck.ClaimExpired], await AckAsync(first, 1));
        Assert.Equal([GroupAck.Acknowledged, GroupAck.Acknowledged, GroupAck.NotDelivered], await AckAsync(again, 1, 3, 5));
        Assert.Equal([GroupAck.Acknowledged], await AckAsync(first, 1));
        Assert.Equal(["b"], (await _log.FindClaimAsync(Group, again.Id!.Value)).Records.Bodies());
        Assert.Equal(["a", "b", "c", "d"], (await _log.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task A_late_acknowledgement_is_refused_although_nobody_else_has_the_record(StreamKind kind)
    {
        await OpenAsync(kind, "a");
        var claim = await ClaimAsync("one", 1);
        Clock.Advance(Minute);
        Assert.Equal([GroupAck.ClaimExpired], await AckAsync(claim, 1));
        Assert.Equal(GroupOutcome.ClaimExpired, (await _log.ExtendAsync(Group, claim.Id!.Value, Minute)).Outcome);
        Assert.Equal(["a"], (await ClaimAsync("one", 1)).Records.Bodies());
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task A_claim_is_extended_from_now_on(StreamKind kind)
    {
        await OpenAsync(kind, "a", "b");
        var claim = await ClaimAsync("one", 2);
        Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(new GroupAnswer(GroupOutcome.Done, 2), await _log.ExtendAsync(Group, claim.Id!.Value, Minute));
        await RestartAsync(kind);
        Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Null((await ClaimAsync("two", 2)).Id);
        Assert.Equal([GroupAck.Acknowledged], await AckAsync(claim, 2));
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["a"], (await ClaimAsync("two", 2)).Records.Bodies());
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_released_comes_first_and_counts_only_if_it_is_to(StreamKind kind)
    {
        await OpenAsync(kind, "a", "b", "c", "d");
        var claim = await ClaimAsync("one", 3);
        Assert.Equal(1, (await _log.ReleaseAsync(new GroupRelease(Group, claim.Id!.Value, [new Sequence(2)], IsCounted: true))).Count);
        Assert.Equal(2, (await _log.ReleaseAsync(new GroupRelease(Group, claim.Id!.Value, null, IsCounted: false))).Count);
        Assert.Equal(0, (await _log.ReleaseAsync(new GroupRelease(Group, claim.Id!.Value, null, IsCounted: false))).Count);
        await RestartAsync(kind);
        var again = await ClaimAsync("two", 9);
        Assert.Equal(["a", "b", "c", "d"], again.Records.Bodies());
        Assert.Equal([1, 2, 1, 1], again.DeliveryCounts);
        Assert.Equal([GroupAck.ClaimExpired], await AckAsync(claim, 1));
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task A_claim_asked_for_again_by_its_name_is_the_same_claim(StreamKind kind)
    {
        await OpenAsync(kind, "a", "b", "c");
        var claim = new GroupClaim(Group, "one", 2, Minute) { Id = new ClaimId(Guid.NewGuid()) };
        var first = await _log.ClaimAsync(claim);
        var second = await _log.ClaimAsync(claim);
        Assert.Equal(["a", "b"], second.Records.Bodies());
        Assert.Equal((first.Id, first.VisibleAgainAt), (second.Id, second.VisibleAgainAt));
        Assert.Equal([1, 1], second.DeliveryCounts);
        Clock.Advance(Minute);
        Assert.Equal([2, 2], (await _log.ClaimAsync(claim)).DeliveryCounts);
        await RestartAsync(kind);
        Assert.Equal([GroupAck.Acknowledged, GroupAck.Acknowledged], await AckAsync(first, 1, 2));
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task What_was_claimed_too_often_goes_to_the_dead_letters_of_its_group_once(StreamKind kind)
    {
        await OpenAsync(kind, "bad", "good");
        await _log.CreateGroupAsync("other", GroupStart.Oldest, createStream: false);
        foreach (var group in new[] { Group, "other" })
            await _log.SetGroupOptionsAsync(group, new GroupOptions { DeliveryCountMax = 2, DeadLetterQueue = "dead" });
        foreach (var group in new[] { Group, "other" })
        {
            var claim = await ClaimAsync("one", 2, group);
            Assert.Equal([GroupAck.Acknowledged], (await _log.AckAsync(group, claim.Id!.Value, [new Sequence(2)])).Results);
            Clock.Advance(Minute);
            Assert.Equal(["bad"], (await ClaimAsync("one", 2, group)).Records.Bodies());
            Clock.Advance(Minute);
            await RestartAsync(kind);
            Assert.Null((await ClaimAsync("one", 2, group)).Id);
            Assert.Equal(0, (await _log.PositionAsync(group)).Pending);
        }

        var letters = await Mesh.Queue(StreamName.Queue("dead")).ListAsync(new QueueQuery());
        Assert.Equal(["bad", "bad"], letters.Records.Bodies());
        var origins = new List<DeadLetterOrigin?>();
        foreach (var record in letters.Records) origins.Add(DeadLetterOrigin.Of(record, StreamName.DefaultProject));
        Assert.Equal([(NameOf(kind), Group, new Sequence(1)), (NameOf(kind), "other", new Sequence(1))], origins.Select(origin => (origin!.Stream, origin.Group, origin.Sequence)));
        Assert.Contains("2 times", origins[0]!.Reason, StringComparison.Ordinal);
        Assert.Equal(["bad", "good"], (await _log.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task A_group_says_where_it_stands_and_is_moved_by_sequence_and_by_time(StreamKind kind)
    {
        await OpenAsync(kind, "a", "b");
        var third = RecordTime.From(Clock.GetUtcNow()).Plus(TimeSpan.FromSeconds(10));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await _log.AppendAsync(Given.Segment("c", "d"));
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((1, 4, 40), await PositionAsync());
        var claim = await ClaimAsync("one", 2);
        Assert.Equal((3, 2, 30), await PositionAsync());
        Assert.Equal(GroupOutcome.Done, (await _log.MoveGroupAsync(Group, GroupStart.At(new Sequence(2)))).Outcome);
        await RestartAsync(kind);
        Assert.Equal((2, 3, 40), await PositionAsync());

        // What is pending already is not handed out beside itself.
        Assert.Equal(["c"], (await ClaimAsync("two", 1)).Records.Bodies());
        Assert.Equal([GroupAck.Acknowledged], await AckAsync(claim, 2));
        await _log.MoveGroupAsync(Group, GroupStart.At(third));
        Assert.Equal((3, 2, 30), await PositionAsync());
        Assert.Equal(["d"], (await ClaimAsync("two", 2)).Records.Bodies());
        await _log.MoveGroupAsync(Group, GroupStart.At(new Sequence(100)));
        Assert.Equal((5, 0, 0), await PositionAsync());
        await _log.MoveGroupAsync(Group, GroupStart.At(Sequence.First));
        await RestartAsync(kind);
        Assert.Equal(["b"], (await ClaimAsync("two", 2)).Records.Bodies());
        Assert.Equal(GroupOutcome.NoGroup, (await _log.PositionAsync("none")).Outcome);
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task Retention_wins_and_a_late_acknowledgement_says_so(StreamKind kind)
    {
        await Mesh.Catalogue.CreateAsync(NameOf(kind), new StreamOptions { RetentionCount = 2 }, default);
        await OpenAsync(kind, "a", "b");
        var claim = await ClaimAsync("one", 2);
        await _log.AppendAsync(Given.Segment("c"));
        Assert.Equal([GroupAck.Gone, GroupAck.Acknowledged], await AckAsync(claim, 1, 2));
        await _log.AppendAsync(Given.Segment("d", "e"));
        Assert.Equal((4, 2, 0), await PositionAsync(from: 4));
        Assert.Equal(["d", "e"], (await ClaimAsync("one", 9)).Records.Bodies());
        await _log.AppendAsync(Given.Segment("f", "g"));
        Clock.Advance(Minute);
        Assert.Equal(["f", "g"], (await ClaimAsync("one", 9)).Records.Bodies());
        Assert.Equal(2, (await _log.PositionAsync(Group)).Pending);
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task Who_waits_is_woken_by_a_record_a_release_and_the_end_of_a_claim(StreamKind kind)
    {
        await OpenAsync(kind);
        var waiting = WaitAndClaimAsync();
        await _log.AppendAsync(Given.Segment("a"));
        var claim = await waiting.WaitAsync(Patience);
        Assert.Equal(["a"], claim.Records.Bodies());
        waiting = WaitAndClaimAsync();
        await _log.ReleaseAsync(new GroupRelease(Group, claim.Id!.Value, null, IsCounted: false));
        Assert.Equal(["a"], (await waiting.WaitAsync(Patience)).Records.Bodies());
        waiting = WaitAndClaimAsync();
        await Eventually.TrueAsync(
            () =>
            {
                Clock.Advance(TimeSpan.FromSeconds(10));
                return Task.FromResult(waiting.IsCompleted);
            },
            "the end of the claim wakes who waits");
        Assert.Equal([2], (await waiting).DeliveryCounts);
        var none = _log.ClaimAsync(new GroupClaim(Group, "two", 1, TimeSpan.FromDays(1)) { Wait = TimeSpan.FromSeconds(1) }).AsTask();
        await Eventually.TrueAsync(
            () =>
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(none.IsCompleted);
            },
            "nobody waits longer than was asked for");
        if ((await none).Id is { } late) Assert.Equal(["a"], (await _log.FindClaimAsync(Group, late)).Records.Bodies());
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task Who_waits_for_a_group_is_told_of_records_and_of_the_end_of_group_and_stream_even_if_it_came_before(StreamKind kind)
    {
        await OpenAsync(kind, "a");
        Assert.True(await WaitForGroupAsync(after: 0));
        var waiting = WaitForGroupAsync(after: 1);
        await _log.AppendAsync(Given.Segment("b"));
        Assert.True(await waiting.WaitAsync(Patience));

        waiting = WaitForGroupAsync(after: 2);
        await _log.DeleteGroupAsync(Group);
        Assert.True(await waiting.WaitAsync(Patience));
        Assert.True(await WaitForGroupAsync(after: 2).WaitAsync(Patience));

        await _log.CreateGroupAsync(Group, GroupStart.Oldest, createStream: false);
        waiting = WaitForGroupAsync(after: 2);
        await Mesh.Catalogue.DeleteAsync(NameOf(kind));
        Assert.True(await waiting.WaitAsync(Patience));
        Assert.True(await WaitForGroupAsync(after: 2).WaitAsync(Patience));

        await OpenAsync(kind);
        Assert.True(await WaitForGroupAsync(after: 2).WaitAsync(Patience));
        Assert.False(await _log.WaitForGroupAsync(Group, Sequence.First, TimeSpan.Zero));
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task However_many_claim_at_once_each_record_goes_to_one(StreamKind kind)
    {
        await OpenAsync(kind);
        var taken = new List<long>();
        var workers = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            while (true)
            {
                lock (taken)
                    if (taken.Count == 200) return;
                var claim = await _log.ClaimAsync(new GroupClaim(Group, $"{worker}", 7, TimeSpan.FromDays(1)) { Wait = TimeSpan.FromMilliseconds(10) });
                if (claim.Id is not { } id) continue;
                var sequences = claim.Records.Sequences();
                var acks = await _log.AckAsync(Group, id, [.. sequences.Select(sequence => new Sequence(sequence))]);
                Assert.All(acks.Results, ack => Assert.Equal(GroupAck.Acknowledged, ack));
                lock (taken) taken.AddRange(sequences);
            }
        })).ToList();
        for (var i = 0; i < 40; i++) await _log.AppendAsync(Given.Segment("1", "2", "3", "4", "5"));
        var all = Task.WhenAll(workers);
        await Eventually.TrueAsync(
            () =>
            {
                Clock.Advance(TimeSpan.FromMilliseconds(10));
                return Task.FromResult(all.IsCompleted);
            },
            "all is taken");
        await all;
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), taken.Order());
    }

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_claimed_is_not_delivered_beside_it_and_the_other_way_round(StreamKind kind)
    {
        await OpenAsync(kind, "a", "b");
        var claim = await ClaimAsync("one", 1);
        Assert.Equal(["b"], (await _log.DeliverAsync(new GroupRead(Group, "two", 9, null, false))).Records.Bodies());
        Assert.Empty((await _log.ClaimIdleAsync(new IdleClaim(Group, "three", TimeSpan.FromSeconds(1), RingId.None, 9, false))).Ids);
        Assert.Equal(0, (await _log.DeliverAsync(new GroupRead(Group, "one", 9, RingId.None, false))).Records.Count);
        Clock.Advance(Minute);
        Assert.Equal(["a"], (await ClaimAsync("three", 9)).Records.Bodies());
        Clock.Advance(Minute);
        Assert.Equal(["a", "b"], (await _log.ClaimIdleAsync(new IdleClaim(Group, "three", Minute, RingId.None, 9, false))).Records.Bodies());
        Assert.Null((await ClaimAsync("one", 9)).Id);
        Assert.Equal([GroupAck.ClaimExpired], await AckAsync(claim, 1));
    }

    [ContractTheory]
    [InlineData(StreamKind.Channel)]
    [InlineData(StreamKind.Partition)]
    public async Task A_group_of_one_key_hands_out_its_records_alone_under_their_own_sequences(StreamKind kind)
    {
        await OpenAsync(kind);
        foreach (var (key, body) in new[] { ("/a", "1"), ("/b", "2"), ("/a", "3"), ("/b", "4"), ("/c", "5") }) await _log.AppendAsync(Given.Keyed(key, body));
        var (a, b) = (new KeyedGroups(_log, "/a"), new KeyedGroups(_log, "/b"));
        foreach (var keyed in new[] { a, b }) Assert.Equal(GroupOutcome.Done, (await keyed.CreateGroupAsync(Group, GroupStart.Oldest, createStream: false)).Outcome);
        Assert.Equal([1], (await a.DeliverAsync(new GroupRead(Group, "one", 1, null, false))).Records.Sequences());
        await RestartAsync(kind);
        (a, b) = (new KeyedGroups(_log, "/a"), new KeyedGroups(_log, "/b"));
        var claim = await b.ClaimAsync(new GroupClaim(Group, "one", 9, Minute));
        Assert.Equal([2, 4], claim.Records.Sequences());
        Assert.Equal(1, (await a.PositionAsync(Group)).Lag);
        Assert.Equal([3], (await a.ClaimAsync(new GroupClaim(Group, "one", 9, Minute))).Records.Sequences());
        Assert.Equal(0, (await a.PositionAsync(Group)).Lag);
        Assert.Null((await a.ClaimAsync(new GroupClaim(Group, "one", 9, Minute))).Id);
        Assert.Equal([GroupAck.Acknowledged], (await b.AckAsync(Group, claim.Id!.Value, [new Sequence(4)])).Results);
        Assert.Equal([Id(2)], (await b.PendingAsync(Group, new PendingQuery(RingId.None, RingId.Max, 10, null, TimeSpan.Zero))).Entries.Select(entry => entry.Id));
        await _log.AppendAsync(Given.Keyed("/a", "6"));
        Assert.Equal([6], (await a.ClaimAsync(new GroupClaim(Group, "one", 9, Minute))).Records.Sequences());
        Assert.Equal([Group], (await b.DescribeAsync(null, 0))!.Groups.Select(group => group.Name));
        Assert.Equal([1, 2, 3, 4, 5, 6], (await ClaimAsync("one", 9)).Records.Sequences());
    }

    [ContractFact]
    public async Task A_group_that_there_is_not_is_no_surprise()
    {
        _log = Mesh.Channel(StreamName.Channel("none"));
        Assert.Equal(GroupOutcome.NoStream, (await ClaimAsync("one", 1)).Outcome);
        Assert.Equal(GroupOutcome.NoStream, (await _log.PositionAsync(Group)).Outcome);
        Assert.Equal(GroupOutcome.NoStream, (await _log.CreateGroupAsync(Group, GroupStart.At(Sequence.First), createStream: false)).Outcome);
        Assert.Equal(GroupOutcome.Done, (await _log.CreateGroupAsync("other", GroupStart.Newest, createStream: true)).Outcome);
        var claim = new ClaimId(Guid.NewGuid());
        Assert.Equal(GroupOutcome.NoGroup, (await ClaimAsync("one", 1)).Outcome);
        Assert.Equal(GroupOutcome.NoGroup, (await _log.FindClaimAsync(Group, claim)).Outcome);
        Assert.Equal(GroupOutcome.NoGroup, (await _log.AckAsync(Group, claim, [Sequence.First])).Outcome);
        Assert.Equal(GroupOutcome.NoGroup, (await _log.ExtendAsync(Group, claim, Minute)).Outcome);
        Assert.Equal(GroupOutcome.NoGroup, (await _log.SetGroupOptionsAsync(Group, new GroupOptions())).Outcome);
        Assert.Equal(GroupOutcome.ClaimExpired, (await _log.FindClaimAsync("other", claim)).Outcome);
    }

    private static RingId Id(ulong sequence) => new(sequence, 0);

    private static StreamName NameOf(StreamKind kind) => new(StreamName.DefaultProject, kind, "orders");

    /// <summary>A stream with a group that begins at its start.</summary>
    private async Task OpenAsync(StreamKind kind, params string[] bodies)
    {
        await Mesh.Catalogue.CreateAsync(NameOf(kind), StreamOptions.Default, default);
        Take(kind);
        if (bodies.Length > 0) Assert.IsType<AppendResult.Appended>(await _log.AppendAsync(Given.Segment(bodies)));
        Assert.Equal(GroupOutcome.Done, (await _log.CreateGroupAsync(Group, GroupStart.Oldest, createStream: false)).Outcome);
    }

    private async Task RestartAsync(StreamKind kind)
    {
        await RestartAsync();
        Take(kind);
    }

    private void Take(StreamKind kind)
    {
        var name = NameOf(kind);
        _log = kind switch
        {
            StreamKind.Channel => Mesh.Channel(name),
            StreamKind.Partition => Mesh.Partition(name),
            StreamKind.Room => Mesh.Room(name),
            _ => Mesh.Ring(name),
        };
    }

    private async Task<ClaimedRecords> ClaimAsync(string consumer, int records, string group = Group) => await _log.ClaimAsync(new GroupClaim(group, consumer, records, Minute));

    private Task<bool> WaitForGroupAsync(long after) => _log.WaitForGroupAsync(Group, new Sequence(after + 1), TimeSpan.FromDays(1)).AsTask();

    private Task<ClaimedRecords> WaitAndClaimAsync() => _log.ClaimAsync(new GroupClaim(Group, "one", 9, Minute) { Wait = TimeSpan.FromDays(1) }).AsTask();

    private async Task<IReadOnlyList<GroupAck>> AckAsync(ClaimedRecords claim, params long[] sequences)
    {
        var acks = await _log.AckAsync(Group, claim.Id!.Value, [.. sequences.Select(sequence => new Sequence(sequence))]);
        Assert.Equal(GroupOutcome.Done, acks.Outcome);
        return acks.Results;
    }

    /// <param name="from">The next sequence counts as no smaller than this.</param>
    private async Task<(long Next, long? Lag, long LagSeconds)> PositionAsync(long from = 1)
    {
        var position = await _log.PositionAsync(Group);
        Assert.Equal(GroupOutcome.Done, position.Outcome);
        return (Math.Max(from, position.Next.Value), position.Lag, (long)Math.Round(position.LagTime.TotalSeconds));
    }
}
