using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What channels promise beyond streams: reads by path.</summary>
public abstract class ChannelContract : MeshContract
{
    private static readonly StreamName Name = StreamName.Channel("a");

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

    private async Task PublishAsync(params string[] paths)
    {
        foreach (var path in paths) await Channel.AppendAsync(Given.Keyed(path, path));
    }

    private async Task<List<string>> ReadAsync(string path, ChannelScope scope, int max = 200) =>
        (await Channel.ReadAsync(new ChannelQuery { Path = path, Scope = scope, RecordsMax = max })).Bodies();
}
