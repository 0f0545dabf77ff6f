using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What channels promise beyond streams: reads by path.</summary>
public abstract class ChannelContract : MeshContract
{
    private static readonly StreamName Name = StreamName.Channel("a");

    /// <summary>For what is bound to happen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private IChannel Channel => Mesh.Channel(Name);

    [ContractFact]
    public async Task Exact_parents_and_descendants_go_by_segments()
    {
        await PublishAsync("", "/b", "/b/c", "/bc", "/b/c/d");
        Assert.Equal(["/b"], await ReadAsync("/b", ChannelScope.Exact));
        Assert.Equal(["", "/b", "/b/c"], await ReadAsync("/b/c", ChannelScope.Parents));
        Assert.Equal(["/b", "/b/c", "/b/c/d"], await ReadAsync("/b", ChannelScope.Descendants));
        Assert.Equal(5, (await ReadAsync("", ChannelScope.Descendants)).Count);
    }

    [ContractFact]
    public async Task A_trailing_slash_names_another_channel_and_has_no_parent_of_the_same_name()
    {
        await PublishAsync("/b", "/b/", "");
        Assert.Equal(["/b/"], await ReadAsync("/b/", ChannelScope.Exact));
        Assert.Equal(["/b/", ""], await ReadAsync("/b/", ChannelScope.Parents));
    }

    [ContractFact]
    public async Task A_read_is_merged_and_sorted_and_then_cut()
    {
        await PublishAsync("/b", "", "/b", "", "/b");
        Assert.Equal(["/b", "", "/b"], await ReadAsync("/b", ChannelScope.Parents, max: 3));
        var page = await Channel.ReadAsync(new ChannelQuery { Path = "/b", Scope = ChannelScope.Parents, Descending = true, RecordsMax = 2 });
        Assert.Equal([5L, 4L], page.Sequences());
    }

    [ContractFact]
    public async Task Only_records_after_the_cursor_come()
    {
        await PublishAsync("", "", "");
        var times = new List<RecordTime>();
        foreach (var record in await Channel.ReadAsync(new ChannelQuery { Path = "" })) times.Add(record.Time);
        var page = await Channel.ReadAsync(new ChannelQuery { Path = "", After = times[1] });
        Assert.Equal([3L], page.Sequences());
    }

    [ContractFact]
    public async Task What_a_reader_published_itself_is_left_out_and_the_page_is_full_all_the_same()
    {
        for (var i = 0; i < 30; i++) await Channel.AppendAsync(Given.Keyed("", $"{i}", i % 3 == 0 ? "other" : "me"));
        var page = await Channel.ReadAsync(new ChannelQuery { Path = "", ExceptProducer = "me", RecordsMax = 8 });
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i * 3}"), page.Bodies());
    }

    [ContractTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_is_bounded_in_bytes_and_the_next_goes_on_after_it(bool own)
    {
        var body = new string('x', 1000);
        for (var i = 0; i < 20; i++) await Channel.AppendAsync(Given.Keyed("", $"{i} {body}", own && i % 2 == 0 ? "me" : "other"));
        var query = new ChannelQuery { Path = "", ExceptProducer = "me", BytesMax = 3500 };
        var seen = new List<long>();
        for (var last = RecordTime.None; ;)
        {
            var page = await Channel.ReadAsync(query with { After = last });
            if (page.Count == 0) break;
            Assert.InRange(page.Count, 1, 4);
            if (!own && page.LowWatermark.Value + seen.Count + 4 <= 20) Assert.Equal(4, page.Count);
            seen.AddRange(page.Sequences());
            foreach (var record in page) last = record.Time;
        }

        Assert.Equal(Enumerable.Range(1, 20).Where(i => !own || i % 2 == 0).Select(i => (long)i), seen);
        Assert.Equal([20L], (await Channel.ReadAsync(query with { Descending = true, BytesMax = 1 })).Sequences());
    }

    [ContractFact]
    public async Task Paths_are_found_after_a_restart_and_only_within_retention()
    {
        await Mesh.Catalogue.CreateAsync(Name, new StreamOptions { RetentionAge = TimeSpan.FromSeconds(10) }, default);
        await PublishAsync("/b");
        Clock.Advance(TimeSpan.FromSeconds(6));
        await PublishAsync("/b", "/c");
        Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal([2L], (await Channel.ReadAsync(new ChannelQuery { Path = "/b" })).Sequences());
        await RestartAsync();
        Assert.Equal([2L], (await Channel.ReadAsync(new ChannelQuery { Path = "/b" })).Sequences());
        Assert.Equal([2L, 3L], (await Channel.ReadAsync(new ChannelQuery { Path = "", Scope = ChannelScope.Descendants })).Sequences());
    }

    [ContractTheory]
    [InlineData(ChannelScope.Exact, "/b", "/b")]
    [InlineData(ChannelScope.Parents, "/b/c", "/b")]
    [InlineData(ChannelScope.Parents, "/b/c", "")]
    [InlineData(ChannelScope.Descendants, "/b", "/b/c/d")]
    [InlineData(ChannelScope.Descendants, "", "/b")]
    public async Task Who_waits_is_woken_by_what_it_asks_for_and_by_nothing_else(ChannelScope scope, string path, string wanted)
    {
        await PublishAsync("/b", "", "/b/c");
        var last = (await Channel.StateAsync()).LastTime;
        var query = new ChannelQuery { Path = path, Scope = scope, After = last, ExceptProducer = "me" };
        var from = (await Channel.ReadAsync(query)).HighWatermark.Next();
        var waiting = Channel.WaitAsync(query, from, TimeSpan.FromDays(1)).AsTask();
        await PublishAsync("/bc", "/x", "/bc/d");
        await Channel.AppendAsync(Given.Keyed(wanted, "own", "me"));

        // One who waits for these has been woken by the time that another may have been.
        var others = Channel.WaitAsync(query with { Path = "", Scope = ChannelScope.Descendants, ExceptProducer = null }, from, TimeSpan.FromDays(1));
        Assert.True(await others.AsTask().WaitAsync(Patience));
        if (scope != ChannelScope.Descendants || path.Length > 0) Assert.False(waiting.IsCompleted);
        await Channel.AppendAsync(Given.Keyed(wanted, "foreign", "you"));
        Assert.True(await waiting.WaitAsync(Patience));
    }

    [ContractFact]
    public async Task Nothing_is_missed_between_a_read_and_the_wait_after_it()
    {
        var query = new ChannelQuery { Path = "/b" };
        var from = (await Channel.ReadAsync(query)).HighWatermark.Next();
        Assert.Equal(Sequence.First, from);
        await PublishAsync("/b", "/c");
        Assert.True(await Channel.WaitAsync(query, from, TimeSpan.FromDays(1)).AsTask().WaitAsync(Patience));
        var seen = 0;
        var reader = Task.Run(async () =>
        {
            for (var after = RecordTime.None; seen < 200;)
            {
                var page = await Channel.ReadAsync(query with { After = after, RecordsMax = 3 });
                foreach (var record in page) after = record.Time;
                seen += page.Count;
                if (page.Count == 0) await Channel.WaitAsync(query with { After = after }, page.HighWatermark.Next(), TimeSpan.FromDays(1));
            }
        });
        for (var i = 0; i < 199; i++) await PublishAsync("/b", "/c");
        await reader.WaitAsync(Patience);
        Assert.Equal(200, seen);
    }

    [ContractFact]
    public async Task A_wait_ends_when_its_time_is_up_or_it_is_cancelled()
    {
        var query = new ChannelQuery { Path = "/b" };
        Assert.False(await Channel.WaitAsync(query, Sequence.First, TimeSpan.Zero));
        using var cancel = new CancellationTokenSource();
        var waiting = Channel.WaitAsync(query, Sequence.First, TimeSpan.FromDays(1), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
    }

    [ContractFact]
    public async Task Who_waits_at_a_tree_that_is_deleted_and_made_again_hears_of_the_new_one()
    {
        await PublishAsync("/b", "/b");
        var query = new ChannelQuery { Path = "/b", After = (await Channel.StateAsync()).LastTime };
        var waiting = WaitForAsync(query);
        await Mesh.Catalogue.DeleteAsync(Name);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await PublishAsync("/b");
        Assert.Equal([1L], (await waiting.WaitAsync(Patience)).Sequences());

        async Task<RecordPage> WaitForAsync(ChannelQuery wanted)
        {
            while (true)
            {
                var page = await Channel.ReadAsync(wanted);
                if (page.Count > 0) return page;
                await Channel.WaitAsync(wanted, page.HighWatermark.Next(), TimeSpan.FromDays(1));
            }
        }
    }

    private async Task PublishAsync(params string[] paths)
    {
        foreach (var path in paths) await Channel.AppendAsync(Given.Keyed(path, path));
    }

    private async Task<List<string>> ReadAsync(string path, ChannelScope scope, int max = 200) =>
        (await Channel.ReadAsync(new ChannelQuery { Path = path, Scope = scope, RecordsMax = max })).Bodies();
}
