using System.Text;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What schedules promise: each append comes once, when it is due, whatever dies in between.</summary>
public abstract class ScheduleContract : MeshContract
{
    private const string Project = StreamName.DefaultProject;
    private static readonly StreamName Ring = StreamName.Ring("r");

    private RecordTime Now => RecordTime.From(Clock.GetUtcNow());

    public static TheoryData<string> Kinds() => ["channel", "queue", "ring", "partition"];

    [ContractTheory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_due_is_appended_with_the_time_and_sequence_of_that_moment(string kind)
    {
        var name = new StreamName(Project, Enum.Parse<StreamKind>(kind, ignoreCase: true), "s");
        var due = Now.Plus(TimeSpan.FromMinutes(7));
        await AddAsync(name, "later", new Due.At(due));
        await AppendAsync(name, "first");
        var page = await AfterAsync(TimeSpan.FromMinutes(7), name, 2);
        Assert.Equal(["first", "later"], page.Bodies());
        Assert.True(Times(page)[1] >= due);
    }

    [ContractFact]
    public async Task What_is_due_at_several_times_comes_in_their_order()
    {
        await AddAsync(Ring, "c", new Due.After(TimeSpan.FromMinutes(20)));
        await AddAsync(Ring, "a", new Due.After(TimeSpan.FromSeconds(2)));
        await AddAsync(Ring, "b", new Due.After(TimeSpan.FromMinutes(2)));
        Assert.Equal(["a"], (await AfterAsync(TimeSpan.FromSeconds(2), Ring, 1)).Bodies());
        Assert.Equal(["a", "b"], (await AfterAsync(TimeSpan.FromMinutes(2), Ring, 2)).Bodies());
        Assert.Equal(["a", "b", "c"], (await AfterAsync(TimeSpan.FromMinutes(18), Ring, 3)).Bodies());
    }

    [ContractFact]
    public async Task What_could_not_be_appended_in_time_comes_in_the_order_of_its_times()
    {
        for (var i = 0; i < 20; i++) await AddAsync(Ring, $"{i}", new Due.After(TimeSpan.FromSeconds(60 - i)));
        Store.IsAway = true;
        Clock.Advance(TimeSpan.FromMinutes(2));
        Store.IsAway = false;
        Assert.Equal(Enumerable.Range(0, 20).Reverse().Select(i => $"{i}"), (await AfterAsync(TimeSpan.Zero, Ring, 20)).Bodies());
    }

    [ContractFact]
    public async Task A_time_that_is_past_is_now()
    {
        await AddAsync(Ring, "a", new Due.At(new RecordTime(1)));
        Assert.Equal(["a"], (await AfterAsync(TimeSpan.Zero, Ring, 1)).Bodies());
    }

    [ContractFact]
    public async Task A_restart_loses_and_doubles_nothing()
    {
        for (var i = 1; i <= 6; i++) await AddAsync(Ring, $"{i}", new Due.After(TimeSpan.FromMinutes(2 * i)));
        for (var i = 1; i <= 6; i++)
        {
            if (i % 2 == 0) await RestartAsync();
            Assert.Equal(Enumerable.Range(1, i).Select(each => $"{each}"), (await AfterAsync(TimeSpan.FromMinutes(2), Ring, i)).Bodies());
        }

        await AddAsync(Ring, "end", new Due.After(TimeSpan.FromMinutes(1)));
        Assert.Equal("end", (await AfterAsync(TimeSpan.FromMinutes(1), Ring, 7)).Bodies()[^1]);
    }

    [ContractFact]
    public async Task Failing_commits_lose_and_double_nothing()
    {
        var faults = new Random(11);
        for (var i = 0; i < 30; i++) await AddAsync(Ring, $"{i}", new Due.After(TimeSpan.FromSeconds(i)));
        await AfterAsync(TimeSpan.FromSeconds(30), Ring, 30, () => Store.FailNextCommit((CommitFault)faults.Next(4)));
        Store.FailNextCommit(CommitFault.None);
        await AddWhenItCanAsync(Ring, "end", new Due.After(TimeSpan.FromMinutes(1)));
        var bodies = (await AfterAsync(TimeSpan.FromMinutes(1), Ring, 31)).Bodies();
        Assert.Equal("end", bodies[^1]);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}").Order(StringComparer.Ordinal), bodies.SkipLast(1).Order(StringComparer.Ordinal));
    }

    [ContractFact]
    public async Task What_comes_again_and_again_comes_once_at_each_of_its_times_until_it_is_cancelled()
    {
        var id = await AddAsync(Ring, "tick", new Due.Cron(CronExpression.Parse("*/10 * * * *")));
        for (var i = 1; i <= 4; i++) await AfterAsync(TimeSpan.FromMinutes(10), Ring, i);
        Assert.True(await Mesh.Schedules.CancelAsync(Project, id));
        Assert.False(await Mesh.Schedules.CancelAsync(Project, id));
        Assert.Empty(await ListAsync());
        await AddAsync(Ring, "end", new Due.After(TimeSpan.FromHours(1)));
        Assert.Equal(["tick", "tick", "tick", "tick", "end"], (await AfterAsync(TimeSpan.FromHours(1), Ring, 5)).Bodies());
    }

    [ContractFact]
    public async Task Times_that_nobody_was_there_for_are_made_up_for_by_one_append()
    {
        await AddAsync(Ring, "tick", new Due.Cron(CronExpression.Parse("@hourly")));
        Store.IsAway = true;
        Clock.Advance(TimeSpan.FromHours(5.5));
        Store.IsAway = false;
        await AfterAsync(TimeSpan.Zero, Ring, 1);
        await AfterAsync(TimeSpan.FromHours(0.5), Ring, 2);
        Assert.Equal([17, 18, 19], Times(await AfterAsync(TimeSpan.FromHours(1), Ring, 3)).ConvertAll(time => time.ToDateTimeOffset().Hour));
    }

    [ContractFact]
    public async Task What_is_cancelled_does_not_come()
    {
        var id = await AddAsync(Ring, "no", new Due.After(TimeSpan.FromMinutes(1)));
        await AddAsync(Ring, "yes", new Due.After(TimeSpan.FromMinutes(2)));
        Assert.True(await Mesh.Schedules.CancelAsync(Project, id));
        Assert.False(await Mesh.Schedules.CancelAsync(Project, id));
        Assert.False(await Mesh.Schedules.CancelAsync("other", id));
        Assert.Equal(["yes"], (await AfterAsync(TimeSpan.FromMinutes(2), Ring, 1)).Bodies());
    }

    [ContractFact]
    public async Task The_same_id_schedules_once()
    {
        var due = new Due.At(Now.Plus(TimeSpan.FromMinutes(3)));
        var id = await AddAsync(Ring, "a", due, "same");
        Assert.Equal(id, await AddAsync(Ring, "a", due, "same"));
        await AddAsync(Ring, "end", new Due.After(TimeSpan.FromMinutes(4)));
        await AfterAsync(TimeSpan.FromMinutes(3), Ring, 1);
        Assert.Equal(["a", "end"], (await AfterAsync(TimeSpan.FromMinutes(1), Ring, 2)).Bodies());
    }

    [ContractFact]
    public async Task What_is_to_come_is_listed_by_project_page_by_page()
    {
        for (var i = 0; i < 5; i++) await AddAsync(Ring, $"{i}", new Due.After(TimeSpan.FromMinutes(10 * (i + 1))));
        await AddAsync(StreamName.Ring("r", "other"), "else", new Due.After(TimeSpan.FromMinutes(15)));
        var all = await ListAsync();
        Assert.Equal(5, all.Count);
        Assert.All(all, each => Assert.Equal((Ring, each.Id), (each.Target, each.First)));
        Assert.Equal(all.Select(each => each.DueAt).Order(), all.Select(each => each.DueAt));
        var seen = new List<ScheduledId>();
        while (await Mesh.Schedules.ListAsync(Project, seen.LastOrDefault(), 2) is { Count: > 0 } page) seen.AddRange(page.Select(each => each.Id));
        Assert.Equal(all.Select(each => each.Id), seen);
    }

    [ContractFact]
    public async Task What_the_stream_will_never_take_is_dropped_and_keeps_nothing_else()
    {
        await AddAsync(new StreamName(Project, StreamKind.Room, "lobby"), "nobody keeps it", new Due.After(TimeSpan.FromMinutes(1)));
        await AddAsync(Ring, "a", new Due.After(TimeSpan.FromMinutes(1)));
        Assert.Equal(["a"], (await AfterAsync(TimeSpan.FromMinutes(1), Ring, 1)).Bodies());
        Assert.Empty(await ListAsync());
    }

    [ContractFact]
    public async Task What_is_over_leaves_nothing_behind()
    {
        await AddAsync(Ring, "a", new Due.After(TimeSpan.FromMinutes(1)));
        await AfterAsync(TimeSpan.FromMinutes(1), Ring, 1);
        Assert.Empty(await ListAsync());
        await GoesByAsync(
            async () => await Mesh.Catalogue.CountAsync("\u001fschedule", StreamKind.Queue) == 0, "the queue of what was scheduled is gone", TimeSpan.FromSeconds(10));
    }

    [ContractFact]
    public async Task What_cannot_be_is_refused_with_what_would_be_right()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => AddAsync(Ring, "a", new Due.After(TimeSpan.FromDays(4000))));
        await Assert.ThrowsAsync<ArgumentException>(() => AddAsync(Ring, "a", new Due.After(TimeSpan.FromTicks(-1))));
        await Assert.ThrowsAsync<ArgumentException>(() => AddAsync(Ring, "a", new Due.After(TimeSpan.Zero), new string('x', ISchedules.DedupeIdBytesMax + 1)));
    }

    private static List<RecordTime> Times(RecordPage page)
    {
        var times = new List<RecordTime>();
        foreach (var record in page) times.Add(record.Time);
        return times;
    }

    private async Task<ScheduledId> AddAsync(StreamName target, string body, Due due, string dedupeId = "") => Assert.IsType<ScheduleResult.Scheduled>(
        await Mesh.Schedules.AddAsync(target, Given.Segment(body), due, Encoding.UTF8.GetBytes(dedupeId))).Id;

    /// <summary>A commit that is under way still fails, and what waits behind it with it.</summary>
    private Task AddWhenItCanAsync(StreamName target, string body, Due due) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                await AddAsync(target, body, due, dedupeId: body);
                return true;
            }
            catch (StorageUnavailableException)
            {
                return false;
            }
        },
        $"{body} can be added");

    private async Task AppendAsync(StreamName target, string body) => Assert.IsType<AppendResult.Appended>(await Mesh.Log(target).AppendAsync(Given.Segment(body)));

    private async Task<IReadOnlyList<ScheduledAppend>> ListAsync() => await Mesh.Schedules.ListAsync(Project, default, 100);

    /// <summary>A while later a stream has so many records, and nothing waits that is due.</summary>
    private async Task<RecordPage> AfterAsync(TimeSpan time, StreamName target, int records, Action? meanwhile = null)
    {
        Clock.Advance(time);
        var page = RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None);
        await GoesByAsync(
            async () =>
            {
                meanwhile?.Invoke();
                page = await TryReadAsync(target) ?? page;
                return page.Count >= records && await IsSettledAsync();
            },
            $"{target} has {records} records");
        Assert.Equal(records, page.Count);
        return page;
    }

    /// <summary>A little time goes by until it is so: what is done in the background waits for timers.</summary>
    private Task GoesByAsync(Func<Task<bool>> isSo, string expectation, TimeSpan? step = null) => Eventually.TrueAsync(
        async () =>
        {
            if (await isSo()) return true;
            Clock.Advance(step ?? TimeSpan.FromMilliseconds(100));
            return false;
        },
        expectation,
        pause: TimeSpan.FromMilliseconds(10));

    private async Task<bool> IsSettledAsync()
    {
        try
        {
            return (await ListAsync()).All(each => each.DueAt > Now);
        }
        catch (StorageUnavailableException)
        {
            return false; // the test made it so
        }
    }

    private async Task<RecordPage?> TryReadAsync(StreamName target)
    {
        try
        {
            return await Mesh.Log(target).ReadAsync(new ReadQuery { From = Sequence.First, RecordsMax = 1000 });
        }
        catch (StorageUnavailableException)
        {
            return null; // the test made it so
        }
    }
}
