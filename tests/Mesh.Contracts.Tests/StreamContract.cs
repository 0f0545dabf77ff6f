using System.Text;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What every stream with a log promises, whatever the host and the store.</summary>
public abstract class StreamContract : MeshContract
{
    private static readonly StreamName Name = StreamName.Ring("orders");

    /// <summary>For what happens in the time of other threads.</summary>
    private static readonly TimeSpan TailMax = TimeSpan.FromSeconds(60);

    private IRing Ring => Mesh.Ring(Name);

    [ContractFact]
    public async Task A_stream_that_does_not_exist_reads_as_empty_and_is_not_created_by_it()
    {
        Assert.Equal(0, (await Ring.ReadAsync(new ReadQuery())).Count);
        Assert.Equal(StreamState.Missing, await Ring.StateAsync());
        Assert.Null(await Mesh.Catalogue.FindAsync(Name));
    }

    [ContractFact]
    public async Task The_first_append_creates_the_stream_and_sequences_begin_at_one()
    {
        var appended = await AppendAsync("a", "b");
        Assert.Equal(Sequence.First, appended.First);
        Assert.Equal(new Sequence(2), appended.Last);
        Assert.Equal(["a", "b"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
        Assert.NotNull(await Mesh.Catalogue.FindAsync(Name));
    }

    [ContractFact]
    public async Task An_append_that_must_not_create_the_stream_does_not()
    {
        Assert.IsType<AppendResult.NoSuchStream>(await Ring.AppendAsync(Given.Segment("a"), new AppendOptions { MustExist = true }));
        Assert.Null(await Mesh.Catalogue.FindAsync(Name));
    }

    [ContractFact]
    public async Task Appends_of_one_caller_keep_their_order_even_while_the_stream_is_being_opened()
    {
        var appends = Enumerable.Range(0, 50).Select(i => Ring.AppendAsync(Given.Segment($"{i}")).AsTask()).ToList();
        await Task.WhenAll(appends);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), (await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task Records_survive_a_restart_with_their_sequences_times_and_ids()
    {
        var before = await AppendAsync("a", "b");
        await RestartAsync();
        var found = new List<(Sequence, RecordTime, RingId)>();
        foreach (var record in await Ring.ReadAsync(new ReadQuery())) found.Add((record.Sequence, record.Time, record.Id));
        Assert.Equal([(before.First, before.FirstTime, before.FirstId), (before.Last, before.FirstTime.Plus(1), before.FirstId.Plus(1))], found);
        Assert.Equal(before.Last.Next(), (await AppendAsync("c")).First);
    }

    [ContractFact]
    public async Task Times_rise_when_the_clock_is_set_back_and_over_a_restart()
    {
        var first = await AppendAsync("a");
        Clock.SetWall(Clock.GetUtcNow().AddMilliseconds(-500));
        var second = await AppendAsync("b");
        await RestartAsync();
        var third = await AppendAsync("c");
        Assert.True(first.FirstTime < second.FirstTime && second.FirstTime < third.FirstTime);
        Assert.True(first.FirstId < second.FirstId && second.FirstId < third.FirstId);
    }

    [ContractFact]
    public async Task A_stream_whose_times_lead_the_clock_by_more_than_a_second_is_busy()
    {
        await AppendAsync("a");
        Clock.SetWall(Clock.GetUtcNow().AddMinutes(-1));
        await RestartAsync();
        Assert.IsType<AppendResult.Busy>(await Ring.AppendAsync(Given.Segment("b")));
        Clock.SetWall(Clock.GetUtcNow().AddMinutes(1));
        await AppendAsync("b");
    }

    [ContractFact]
    public async Task Times_sequences_and_ids_survive_the_trimming_of_every_record()
    {
        var before = await AppendAsync("a", "b", "c");
        Assert.Equal(3, await Ring.TrimToCountAsync(0));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await AppendAsync("d");
        await Ring.TrimToCountAsync(0);
        Clock.Advance(TimeSpan.FromSeconds(10));
        await AppendAsync("e");
        var last = await AppendAsync("f");
        await Ring.TrimToCountAsync(0);
        Clock.SetWall(Clock.GetUtcNow().AddSeconds(-20));
        await RestartAsync();
        var state = await Ring.StateAsync();
        Assert.Equal((0L, last.Last, last.FirstTime, last.FirstId), (state.Length, state.HighWatermark, state.LastTime, state.LastId));
        Assert.True(last.First > before.Last);
    }

    [ContractFact]
    public async Task Retention_by_count_keeps_exactly_the_last_n()
    {
        await CreateAsync(new StreamOptions { RetentionCount = 3 });
        await AppendAsync("a", "b");
        await AppendAsync("c", "d", "e");
        Assert.Equal(["c", "d", "e"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
        await AppendAsync("f");
        await RestartAsync();
        Assert.Equal(["d", "e", "f"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task Retention_by_age_is_exact_and_never_early()
    {
        await CreateAsync(new StreamOptions { RetentionAge = TimeSpan.FromSeconds(10) });
        await AppendAsync("a");
        Clock.Advance(TimeSpan.FromSeconds(4));
        await AppendAsync("b");
        Clock.Advance(TimeSpan.FromSeconds(6) - TimeSpan.FromMicroseconds(1));
        Assert.Equal(["a", "b"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
        Clock.Advance(TimeSpan.FromMicroseconds(1));
        Assert.Equal(["b"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
        await RestartAsync();
        Assert.Equal(["b"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
        Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty((await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task Retention_by_bytes_drops_the_oldest_and_keeps_the_newest()
    {
        await CreateAsync(new StreamOptions { RetentionBytes = 1000 });
        for (var i = 0; i < 20; i++) await AppendAsync(new string((char)('a' + i), 300));
        var kept = (await Ring.ReadAsync(new ReadQuery())).Bodies();
        Assert.InRange(kept.Count, 1, 3);
        Assert.StartsWith("t", kept[^1], StringComparison.Ordinal);
        await AppendAsync(new string('x', 5000));
        Assert.Single((await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task Retention_by_bytes_keeps_what_fits_of_records_that_were_appended_together()
    {
        await CreateAsync(new StreamOptions { RetentionBytes = 100_000 });
        for (var round = 0; round < 4; round++)
        {
            await AppendAsync([.. Enumerable.Range(round * 60, 60).Select(i => $"{i:000}{new string('x', 997)}")]);
            await ShowsAsync((round + 1) * 60);
        }

        await RestartAsync();
        await ShowsAsync(240);
        await AppendAsync([.. Enumerable.Range(240, 300).Select(i => $"{i:000}{new string('x', 997)}")]);
        await ShowsAsync(540);

        async Task ShowsAsync(int appended)
        {
            var kept = (await Ring.ReadAsync(new ReadQuery())).Bodies();
            var fits = Math.Min(appended, 98); // what surrounds the records in storage takes the rest
            Assert.InRange(kept.Count, fits - 5, fits + 1);
            Assert.Equal(Enumerable.Range(appended - kept.Count, kept.Count), kept.Select(each => int.Parse(each[..3])));
        }
    }

    [ContractFact]
    public async Task A_repeated_publish_stores_nothing_and_gets_what_the_first_got()
    {
        var first = await AppendOnceAsync("once", "a", "b");
        var again = Assert.IsType<AppendResult.Duplicate>(await Ring.AppendAsync(Given.Segment("a", "b"), Dedupe("once")));
        Assert.Equal((first.First, 2), (again.First, again.Count));
        Assert.Equal(["a", "b"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task A_repeat_is_known_after_a_restart_and_after_its_records_were_trimmed()
    {
        var first = await AppendOnceAsync("once", "a");
        await AppendAsync("b");
        await Ring.TrimToCountAsync(0);
        await RestartAsync();
        var again = Assert.IsType<AppendResult.Duplicate>(await Ring.AppendAsync(Given.Segment("a"), Dedupe("once")));
        Assert.Equal(first.First, again.First);
    }

    [ContractFact]
    public async Task A_repeat_is_forgotten_when_the_window_has_passed()
    {
        await AppendOnceAsync("once", "a");
        Clock.Advance(StreamOptions.Default.DedupeWindow);
        await AppendOnceAsync("once", "a");
    }

    [ContractFact]
    public async Task A_producers_number_is_a_dedupe_id()
    {
        var options = new AppendOptions { DedupeId = AppendOptions.ProducerNumber("meter-7", 41) };
        Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.Segment("a"), options));
        Assert.IsType<AppendResult.Duplicate>(await Ring.AppendAsync(Given.Segment("a"), options));
        Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.Segment("b"), new AppendOptions { DedupeId = AppendOptions.ProducerNumber("meter-7", 42) }));
    }

    [ContractFact]
    public async Task Records_that_their_producer_numbers_are_stored_once_in_whatever_segments_they_come()
    {
        static AppendOptions Numbered(long first) => new() { Producer = new ProducerMark(7, first) };
        var first = Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.Segment("a", "b"), Numbered(1)));
        Assert.Equal(new AppendResult.Duplicate(first.Stream, first.Last, 1), await Ring.AppendAsync(Given.Segment("b", "c"), Numbered(2)));
        Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.Segment("c"), Numbered(3)));
        Assert.Equal(["a", "b", "c"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task A_publish_whose_answer_was_lost_is_found_stored_and_answered()
    {
        await AppendAsync("a");
        Store.FailNextCommit(CommitFault.UnknownStored);
        Assert.Equal(new Sequence(2), (await AppendAsync("b")).First);
        Assert.Equal(["a", "b"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task A_refused_commit_loses_nothing_that_was_acknowledged_and_the_next_append_works()
    {
        await AppendAsync("a");
        Store.FailNextCommit(CommitFault.Refused);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Ring.AppendAsync(Given.Segment("lost")).AsTask());
        Assert.Equal(["a"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
        Assert.Equal(new Sequence(2), (await AppendAsync("b")).First);
    }

    [ContractFact]
    public async Task While_the_database_is_away_appends_are_refused_what_is_in_memory_is_served_and_it_recovers_by_itself()
    {
        await AppendAsync("a");
        Store.IsAway = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Ring.AppendAsync(Given.Segment("b")).AsTask());
        Assert.Equal(["a"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
        Store.IsAway = false;
        await AppendAsync("b");
        Assert.Equal(["a", "b"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task What_arrives_while_a_commit_is_under_way_travels_together_in_the_next()
    {
        await AppendAsync("a");
        var commits = Store.Commits;
        List<Task<AppendResult>> appends;
        using (Store.HoldCommits())
        {
            appends = [.. Enumerable.Range(0, 20).Select(i => Ring.AppendAsync(Given.Segment($"{i}")).AsTask())];
        }

        // One with what came first and one with the rest; over a network the rest may come in a few parts.
        await Task.WhenAll(appends);
        Assert.InRange(Store.Commits - commits, 1, 5);
    }

    [ContractFact]
    public async Task Nothing_is_shown_before_it_is_durable()
    {
        await AppendAsync("a");
        Task<AppendResult> append;
        using (Store.HoldCommits())
        {
            append = Ring.AppendAsync(Given.Segment("b")).AsTask();
            Assert.Equal(["a"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
            Assert.False(append.IsCompleted);
        }

        await append;
        Assert.Equal(["a", "b"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task Too_much_that_waits_makes_the_caller_busy_and_stores_nothing_of_it()
    {
        await AppendAsync("a");
        var large = Given.Segment(new string('x', 4 * 1024 * 1024));
        List<Task<AppendResult>> appends;
        using (Store.HoldCommits())
        {
            appends = [.. Enumerable.Range(0, 20).Select(_ => Ring.AppendAsync(large).AsTask())];
        }

        var results = await Task.WhenAll(appends);
        var busy = results.OfType<AppendResult.Busy>().ToList();
        Assert.NotEmpty(busy);
        Assert.All(busy, result => Assert.True(result.RetryAfter > TimeSpan.Zero));
        Assert.Equal(1 + results.Length - busy.Count, (await Ring.StateAsync()).Length);
    }

    [ContractFact]
    public async Task A_segment_that_is_too_large_is_refused_by_name()
    {
        var result = await Ring.AppendAsync(Given.Segment(new string('x', 33 * 1024 * 1024)));
        Assert.Equal(32 * 1024 * 1024, Assert.IsType<AppendResult.TooLarge>(result).SegmentBytesMax);
    }

    [ContractFact]
    public async Task A_tail_catches_up_and_goes_on_live_without_gap_or_double()
    {
        const int Records = 500;
        for (var i = 0; i < Records / 2; i++) await AppendAsync($"{i}");
        using var stop = new CancellationTokenSource();
        var reader = ReadTailAsync(Records, stop.Token);
        for (var i = Records / 2; i < Records; i++) await AppendAsync($"{i}");
        stop.CancelAfter(TimeSpan.FromSeconds(60));
        Assert.Equal(Enumerable.Range(0, Records).Select(i => $"{i}"), await reader);
    }

    [ContractFact]
    public async Task A_tail_from_beyond_the_end_waits_for_that_record_and_begins_anew_in_a_stream_made_anew()
    {
        await AppendAsync("a", "b");
        await using var tail = Ring.TailAsync(new Sequence(4)).GetAsyncEnumerator();
        var first = tail.MoveNextAsync().AsTask();
        await AppendAsync("c");
        await AppendAsync("d");
        Assert.True(await first);
        Assert.Equal(["d"], tail.Current.Bodies());
        await Mesh.Catalogue.DeleteAsync(Name);
        await AppendAsync("new");
        Assert.True(await tail.MoveNextAsync());
        Assert.Equal(["new"], tail.Current.Bodies());
    }

    [ContractFact]
    public async Task A_waiter_is_woken_by_the_record_it_waits_for()
    {
        await AppendAsync("a");
        var waiting = Ring.WaitAsync(new Sequence(2), Timeout.InfiniteTimeSpan).AsTask();
        Assert.False(waiting.IsCompleted);
        await AppendAsync("b");
        Assert.True(await waiting);
    }

    [ContractFact]
    public async Task A_waiter_is_told_when_its_time_is_up()
    {
        var waiting = Ring.WaitAsync(Sequence.First, TimeSpan.FromSeconds(5)).AsTask();
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(await waiting);
    }

    [ContractFact]
    public async Task A_tail_reads_a_stream_that_was_made_again_from_its_start_though_it_has_as_many_records()
    {
        await AppendAsync("a", "b");
        await using var tail = Ring.TailAsync(Sequence.First).GetAsyncEnumerator();
        Assert.True(await tail.MoveNextAsync().AsTask().WaitAsync(TailMax));
        Assert.True(await Mesh.Catalogue.DeleteAsync(Name));
        await AppendAsync("c", "d", "e");
        var seen = new List<string>();
        while (seen.Count < 3)
        {
            Assert.True(await tail.MoveNextAsync().AsTask().WaitAsync(TailMax));
            seen.AddRange(tail.Current.Bodies());
        }

        Assert.Equal(["c", "d", "e"], seen);
    }

    [ContractFact]
    public async Task A_deleted_stream_is_gone_and_one_made_later_begins_anew()
    {
        var before = await AppendAsync("a");
        Assert.True(await Mesh.Catalogue.DeleteAsync(Name));
        Assert.False(await Mesh.Catalogue.DeleteAsync(Name));
        Assert.Empty((await Ring.ReadAsync(new ReadQuery())).Bodies());
        var after = await AppendAsync("b");
        Assert.Equal(Sequence.First, after.First);
        Assert.NotEqual(before.Stream, after.Stream);
        await RestartAsync();
        Assert.Equal(["b"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task Changed_options_count_at_once()
    {
        await AppendAsync("a", "b", "c");
        Assert.True(await Mesh.Catalogue.UpdateAsync(Name, new StreamOptions { RetentionCount = 1 }, "note"u8.ToArray()));
        Assert.Equal(["c"], (await Ring.ReadAsync(new ReadQuery())).Bodies());
        var entry = await Mesh.Catalogue.FindAsync(Name);
        Assert.Equal("note", Encoding.UTF8.GetString(entry!.Metadata.Span));
    }

    [ContractFact]
    public async Task Creating_a_stream_twice_leaves_it_as_it_was()
    {
        Assert.True(await Mesh.Catalogue.CreateAsync(Name, new StreamOptions { RetentionCount = 7 }, "one"u8.ToArray()));
        Assert.False(await Mesh.Catalogue.CreateAsync(Name, StreamOptions.Default, "two"u8.ToArray()));
        Assert.Equal(7, (await Mesh.Catalogue.FindAsync(Name))!.Options.RetentionCount);
    }

    [ContractFact]
    public async Task Streams_are_listed_by_name_within_their_project()
    {
        foreach (var name in new[] { "b", "a", "C" }) await Mesh.Ring(StreamName.Ring(name)).AppendAsync(Given.Segment("x"));
        await Mesh.Ring(StreamName.Ring("elsewhere", "other")).AppendAsync(Given.Segment("x"));
        var listed = await Mesh.Catalogue.ListAsync(StreamName.DefaultProject, StreamKind.Ring, "", 10);
        Assert.Equal(["C", "a", "b"], listed.Select(entry => entry.Name.Name));
        Assert.Equal(["b"], (await Mesh.Catalogue.ListAsync(StreamName.DefaultProject, StreamKind.Ring, "a", 10)).Select(entry => entry.Name.Name));
        Assert.Equal(3, await Mesh.Catalogue.CountAsync(StreamName.DefaultProject, StreamKind.Ring));
    }

    [ContractFact]
    public async Task Explicit_ids_are_kept_must_rise_and_ids_given_later_follow_the_clock()
    {
        var first = new RingId(5, 1);
        var appended = Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.WithIds(first, new RingId(5, 9))));
        Assert.Equal(first, appended.FirstId);
        var refused = Assert.IsType<AppendResult.IdNotGreater>(await Ring.AppendAsync(Given.WithIds(new RingId(5, 9))));
        Assert.Equal(new RingId(5, 9), refused.Last);
        var given = await AppendAsync("a");
        Assert.Equal(new RingId((ulong)Clock.GetUtcNow().ToUnixTimeMilliseconds(), 0), given.FirstId);
        Assert.Equal([2L], (await Ring.RangeAsync(new RingId(5, 2), new RingId(6, 0), 10, backwards: false)).Sequences());
    }

    private async Task<List<string>> ReadTailAsync(int records, CancellationToken cancel)
    {
        var bodies = new List<string>();
        await foreach (var page in Ring.TailAsync(Sequence.First, cancel))
        {
            bodies.AddRange(page.Bodies());
            if (bodies.Count >= records) break;
        }

        return bodies;
    }

    private async Task<AppendResult.Appended> AppendAsync(params string[] bodies) =>
        Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.Segment(bodies)));

    private async Task<AppendResult.Appended> AppendOnceAsync(string id, params string[] bodies) =>
        Assert.IsType<AppendResult.Appended>(await Ring.AppendAsync(Given.Segment(bodies), Dedupe(id)));

    private static AppendOptions Dedupe(string id) => new() { DedupeId = Encoding.UTF8.GetBytes(id) };

    private async Task CreateAsync(StreamOptions options) => Assert.True(await Mesh.Catalogue.CreateAsync(Name, options, default));
}
