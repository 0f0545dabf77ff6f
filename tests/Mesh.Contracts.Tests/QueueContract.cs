using System.Collections.Concurrent;
using System.Text;
using Mesh.Frames;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What queues promise beyond streams: claims (Zaqar specification, sections 1.4, 1.5 and 1.8).</summary>
public abstract class QueueContract : MeshContract
{
    private static readonly StreamName Name = StreamName.Queue("jobs");
    private static readonly ClaimTerms Minute = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private IQueue Queue => Mesh.Queue(Name);

    [ContractFact]
    public async Task A_queue_that_does_not_exist_is_empty_and_is_not_created_by_asking()
    {
        Assert.Null((await Queue.ClaimAsync(10, Minute)).Id);
        Assert.Equal(0, (await Queue.ListAsync(new QueueQuery())).Records.Count);
        Assert.Equal(AckResult.Deleted, await Queue.AckAsync(Sequence.First, null));
        Assert.False(await Queue.ExtendAsync(new ClaimId(Guid.NewGuid()), Minute));
        Assert.Null(await Mesh.Catalogue.FindAsync(Name));
    }

    [ContractFact]
    public async Task The_oldest_free_records_are_claimed_and_hidden_until_the_claim_ends()
    {
        await PostAsync("a", "b", "c");
        var claim = await Queue.ClaimAsync(2, Minute);
        Assert.Equal(["a", "b"], claim.Page.Records.Bodies());
        Assert.Equal(["c"], (await Queue.ListAsync(new QueueQuery())).Records.Bodies());
        Clock.Advance(Minute.VisibilityTimeout);
        var again = await Queue.ClaimAsync(3, Minute);
        Assert.Equal(["a", "b", "c"], again.Page.Records.Bodies());
        Assert.Equal([2, 2, 1], again.Page.States.Select(state => state.DeliveryCount));
    }

    [ContractFact]
    public async Task A_claim_survives_a_restart_neither_lost_nor_doubled()
    {
        await PostAsync("a", "b", "c");
        var claim = await Queue.ClaimAsync(2, Minute);
        await Queue.AckAsync(Sequence.First, claim.Id);
        await RestartAsync();
        Assert.Equal(["c"], (await Queue.ClaimAsync(10, Minute)).Page.Records.Bodies());
        var view = await Queue.FindClaimAsync(claim.Id!.Value);
        Assert.Equal(["b"], view!.Page.Records.Bodies());
        Assert.Equal(AckResult.Deleted, await Queue.AckAsync(new Sequence(2), claim.Id));
        await RestartAsync();
        Clock.Advance(Minute.VisibilityTimeout);
        Assert.Equal(["c"], (await Queue.ClaimAsync(10, Minute)).Page.Records.Bodies());
    }

    [ContractFact]
    public async Task A_late_ack_is_refused_and_the_record_stays()
    {
        await PostAsync("a");
        var claim = await Queue.ClaimAsync(1, Minute);
        Clock.Advance(Minute.VisibilityTimeout);
        Assert.Equal(AckResult.ClaimExpired, await Queue.AckAsync(Sequence.First, claim.Id));
        Assert.Equal(["a"], (await Queue.ListAsync(new QueueQuery())).Records.Bodies());
    }

    [ContractFact]
    public async Task Only_the_holder_acks_a_claimed_record()
    {
        await PostAsync("a", "b");
        var one = await Queue.ClaimAsync(1, Minute);
        var two = await Queue.ClaimAsync(1, Minute);
        Assert.Equal(AckResult.HeldByOther, await Queue.AckAsync(Sequence.First, null));
        Assert.Equal(AckResult.HeldByOther, await Queue.AckAsync(Sequence.First, two.Id));
        Assert.Equal(AckResult.Deleted, await Queue.AckAsync(Sequence.First, one.Id));
        await Queue.ReleaseAsync(two.Id!.Value);
        var three = await Queue.ClaimAsync(1, Minute);
        await Queue.ReleaseAsync(three.Id!.Value);
        Assert.Equal(AckResult.ClaimExpired, await Queue.AckAsync(new Sequence(2), three.Id));
        Assert.Equal(AckResult.Deleted, await Queue.AckAsync(new Sequence(2), null));
    }

    [ContractFact]
    public async Task Extending_counts_the_time_anew_and_lengthens_the_records_lives()
    {
        await PostAsync(TimeSpan.FromMinutes(1), "a");
        var claim = await Queue.ClaimAsync(1, Minute);
        Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.True(await Queue.ExtendAsync(claim.Id!.Value, new ClaimTerms(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1))));
        Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.NotNull(await Queue.FindClaimAsync(claim.Id.Value));
        Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(["a"], (await Queue.ListAsync(new QueueQuery())).Records.Bodies());
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty((await Queue.ListAsync(new QueueQuery())).Records.Bodies());
    }

    [ContractFact]
    public async Task Released_records_go_back_to_their_old_places()
    {
        await PostAsync("a", "b", "c");
        var claim = await Queue.ClaimAsync(2, Minute);
        await Queue.ReleaseAsync(claim.Id!.Value);
        await Queue.ReleaseAsync(claim.Id.Value);
        Assert.Equal(["a", "b", "c"], (await Queue.ClaimAsync(10, Minute)).Page.Records.Bodies());
    }

    [ContractFact]
    public async Task Popped_records_are_gone_for_good_and_their_bytes_come_with_them()
    {
        await PostAsync("a", "b", "c");
        Assert.Equal(["a", "b"], (await Queue.PopAsync(2)).Records.Bodies());
        await RestartAsync();
        Assert.Equal(["c"], (await Queue.PopAsync(10)).Records.Bodies());
        Assert.Empty((await Queue.PopAsync(10)).Records.Bodies());
    }

    [ContractFact]
    public async Task Expired_records_are_neither_listed_nor_claimed_nor_counted()
    {
        await PostAsync(TimeSpan.FromSeconds(60), "short");
        await PostAsync(TimeSpan.FromSeconds(90), "long");
        Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(["long"], (await Queue.ListAsync(new QueueQuery())).Records.Bodies());
        var stats = await Queue.StatsAsync();
        Assert.Equal((0, 1), (stats.Claimed, stats.Free));
        Assert.Equal(["long"], (await Queue.ClaimAsync(10, Minute)).Page.Records.Bodies());
    }

    [ContractFact]
    public async Task A_delivery_too_many_moves_the_record_to_the_dead_letters_once()
    {
        await Mesh.Catalogue.CreateAsync(Name, new StreamOptions { DeliveryCountMax = 2, DeadLetterQueue = "dead", DeadLetterTtl = TimeSpan.FromHours(1) }, default);
        await PostAsync("poison", "good");
        for (var delivery = 0; delivery < 2; delivery++)
        {
            var claim = await Queue.ClaimAsync(1, Minute);
            Assert.Equal(["poison"], claim.Page.Records.Bodies());
            await Queue.ReleaseAsync(claim.Id!.Value);
        }

        Assert.Equal(["good"], (await Queue.ClaimAsync(1, Minute)).Page.Records.Bodies());
        var dead = Mesh.Queue(StreamName.Queue("dead"));
        Assert.Equal(1, (await dead.StatsAsync()).Free);
        Assert.Equal(0, (await dead.ListAsync(new QueueQuery())).Records.Count);
        Clock.Advance(Minute.VisibilityTimeout);
        Assert.Equal(["poison"], (await dead.ClaimAsync(10, Minute)).Page.Records.Bodies());
    }

    [ContractFact]
    public async Task Moved_records_are_at_the_end_of_the_other_queue_once_and_claimed_ones_stay()
    {
        var other = StreamName.Queue("other");
        await PostAsync("a", "b", "c");
        await Mesh.Queue(other).AppendAsync(Given.Segment("first"));
        await Queue.ClaimAsync(1, Minute);
        Sequence[] all = [new(1), new(2), new(3), new(4)];
        Assert.Equal(2, await Queue.MoveAsync(other, all, TimeSpan.FromMinutes(5)));
        Assert.Equal(0, await Queue.MoveAsync(other, all, TimeSpan.FromMinutes(5)));
        await RestartAsync();
        Assert.Equal(["a"], (await Queue.ListAsync(new QueueQuery { IncludeClaimed = true })).Records.Bodies());
        var moved = await Mesh.Queue(other).ClaimAsync(10, Minute);
        Assert.Equal(["first", "b", "c"], moved.Page.Records.Bodies());
        Assert.Equal([1, 1, 1], moved.Page.States.Select(state => state.DeliveryCount));
    }

    [ContractFact]
    public async Task Where_records_have_priorities_the_highest_is_claimed_first_and_of_one_the_oldest_even_after_a_restart()
    {
        await Mesh.Catalogue.CreateAsync(Name, new StreamOptions { Priorities = true }, default);
        await PostWithPrioritiesAsync("low 1", "mid 5", "top 9", "low 1", "top 9");
        var claim = await Queue.ClaimAsync(2, Minute);
        Assert.Equal(["top 9", "top 9"], claim.Page.Records.Bodies());
        Assert.Equal([3L, 5L], claim.Page.Records.Sequences());
        await RestartAsync();
        await PostWithPrioritiesAsync("late 7");
        Assert.Equal(["late 7", "mid 5"], (await Queue.PopAsync(2)).Records.Bodies());
        await Queue.ReleaseAsync(claim.Id!.Value);
        await RestartAsync();
        Assert.Equal([3L, 5L, 1L, 4L], (await Queue.ClaimAsync(10, Minute)).Page.Records.Sequences());
        Assert.Equal([1L, 3L, 4L, 5L], (await Queue.ListAsync(new QueueQuery { IncludeClaimed = true })).Records.Sequences());
    }

    /// <summary>Each body ends with its priority.</summary>
    private async Task PostWithPrioritiesAsync(params string[] bodies)
    {
        using var writer = new SegmentWriter();
        foreach (var body in bodies) writer.Add(new RecordFields { Key = QueuePriority.KeyOf(body[^1] - '0') }, Encoding.UTF8.GetBytes(body));
        Assert.IsType<AppendResult.Appended>(await Queue.AppendAsync(writer.Finish()));
    }

    [ContractFact]
    public async Task A_claim_that_could_not_be_stored_holds_nothing()
    {
        await PostAsync("a");
        Store.FailNextCommit(CommitFault.Refused);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Queue.ClaimAsync(1, Minute).AsTask());
        Assert.Equal(["a"], (await Queue.ClaimAsync(1, Minute)).Page.Records.Bodies());
    }

    [ContractFact]
    public async Task Many_workers_never_hold_one_record_at_the_same_time_and_finish_every_record()
    {
        const int Records = 400;
        for (var i = 0; i < Records / 20; i++) await PostAsync([.. Enumerable.Range(i * 20, 20).Select(number => $"{number}")]);
        var held = new ConcurrentDictionary<long, bool>();
        var done = new ConcurrentBag<long>();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(worker => Task.Run(() => WorkAsync(worker, held, done))));
        Assert.Equal(Enumerable.Range(1, Records).Select(sequence => (long)sequence), done.Order());
    }

    [ContractFact]
    public async Task A_wait_ends_when_records_come_are_released_or_due_or_a_claim_is_over()
    {
        var seen = await SeenAsync();
        await PostAsync("a");
        seen = await NextAsync(seen);
        var claim = await Queue.ClaimAsync(1, Minute);
        await Queue.ReleaseAsync(claim.Id!.Value);
        seen = await NextAsync(seen);
        await Queue.ClaimAsync(1, Minute);
        seen = await SeenAsync();
        var over = NextAsync(seen);
        await AdvanceUntilAsync(over, Minute.VisibilityTimeout);
        seen = await SeenAsync();
        await PostDelayedAsync("b", TimeSpan.FromSeconds(30));
        await Queue.ClaimAsync(10, Minute);
        seen = await SeenAsync();
        await AdvanceUntilAsync(NextAsync(seen), TimeSpan.FromSeconds(30));
        Assert.Equal(["b"], (await Queue.ClaimAsync(10, Minute)).Page.Records.Bodies());
    }

    [ContractFact]
    public async Task Waiters_miss_nothing_however_a_post_falls_between_their_looking_and_their_waiting()
    {
        var taken = new ConcurrentBag<string>();
        var workers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (long seen = 0; taken.Count < 50;)
            {
                var claim = await Queue.ClaimAsync(1, Minute);
                foreach (var body in claim.Page.Records.Bodies()) taken.Add(body);
                if (claim.Id is null && taken.Count < 50) seen = await Queue.WaitChangeAsync(seen, TimeSpan.FromDays(1));
            }
        })).ToArray();
        for (var i = 0; i < 50; i++) await PostAsync($"{i}");
        while (taken.Count < 50) await Task.Yield();
        await PostAsync("wakes those who still wait");
        await Task.WhenAll(workers).WaitAsync(Patience);
        Assert.Equal(50, taken.Where(body => int.TryParse(body, out _)).Distinct().Count());
    }

    [ContractFact]
    public async Task A_wait_ends_when_its_time_is_up_or_it_is_cancelled()
    {
        var seen = await SeenAsync();
        Assert.Equal(seen, await Queue.WaitChangeAsync(seen, TimeSpan.Zero));
        using var cancel = new CancellationTokenSource();
        var waiting = Queue.WaitChangeAsync(seen, TimeSpan.FromDays(1), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
    }

    /// <summary>The number as it stands: asked for until it stays, for what was done just before may still be told.</summary>
    private async Task<long> SeenAsync()
    {
        var seen = await NextAsync(0);
        while (await Queue.WaitChangeAsync(seen, TimeSpan.Zero) is var next && next != seen) seen = next;
        return seen;
    }

    private async Task<long> NextAsync(long seen)
    {
        var next = await Queue.WaitChangeAsync(seen, TimeSpan.FromDays(1)).AsTask().WaitAsync(Patience);
        Assert.NotEqual(seen, next);
        return next;
    }

    /// <summary>Time goes by until the task ends: on some hosts a timer is set in its own time. It goes by no faster than the machine's, for claims end by it too.</summary>
    private async Task AdvanceUntilAsync(Task task, TimeSpan by)
    {
        Clock.Advance(by);
        await Eventually.TrueAsync(
            () =>
            {
                if (!task.IsCompleted) Clock.Advance(TimeSpan.FromMilliseconds(1));
                return Task.FromResult(task.IsCompleted);
            },
            "the wait ends",
            pause: TimeSpan.FromMilliseconds(1));
        await task;
    }

    private async Task PostDelayedAsync(string body, TimeSpan delay)
    {
        using var writer = new SegmentWriter();
        writer.Add(new RecordFields { DelayMicros = (long)delay.TotalMicroseconds }, Encoding.UTF8.GetBytes(body));
        Assert.IsType<AppendResult.Appended>(await Queue.AppendAsync(writer.Finish()));
    }

    private async Task WorkAsync(int worker, ConcurrentDictionary<long, bool> held, ConcurrentBag<long> done)
    {
        var random = new Random(worker);
        while (true)
        {
            var claim = await Queue.ClaimAsync(random.Next(1, 6), Minute);
            if (claim.Id is not { } id) return;
            var sequences = claim.Page.Records.Sequences();
            foreach (var sequence in sequences) Assert.True(held.TryAdd(sequence, true), $"Record {sequence} is held twice.");
            foreach (var sequence in sequences)
            {
                if (random.Next(10) == 0) continue;
                held.TryRemove(sequence, out _);
                Assert.Equal(AckResult.Deleted, await Queue.AckAsync(new Sequence(sequence), id));
                done.Add(sequence);
            }

            foreach (var sequence in sequences) held.TryRemove(sequence, out _);
            await Queue.ReleaseAsync(id);
        }
    }

    private Task PostAsync(params string[] bodies) => PostAsync(TimeSpan.Zero, bodies);

    private async Task PostAsync(TimeSpan ttl, params string[] bodies)
    {
        using var writer = new SegmentWriter();
        foreach (var body in bodies) writer.Add(new RecordFields { TtlMicros = (long)ttl.TotalMicroseconds }, Encoding.UTF8.GetBytes(body));
        Assert.IsType<AppendResult.Appended>(await Queue.AppendAsync(writer.Finish()));
    }
}
