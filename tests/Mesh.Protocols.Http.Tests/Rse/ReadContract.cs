using System.Globalization;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 7: what readers depend on.</summary>
public abstract class ReadContract(Func<Task<RseDoor>> open) : DoorContract<RseDoor>(open)
{
    [ContractFact]
    public async Task An_empty_channel_is_204_without_a_body_or_type() // case 1
    {
        var answer = await Door.GetAsync("/c");
        Assert.Equal((204, null, ""), (answer.Status, answer.Type, answer.Body));
    }

    [ContractFact]
    public async Task Nobody_reads_back_what_they_posted_unless_they_ask() // cases 4 and 5
    {
        await Door.PostAsync("/c", "[1]");
        Assert.Equal(204, (await Door.GetAsync("/c", RseDoor.A)).Status);
        Assert.Equal(204, (await Door.GetAsync("/c?echo=True", RseDoor.A)).Status);
        Assert.Equal(204, (await Door.GetAsync("/c?echo=1", RseDoor.A)).Status);
        Assert.Equal(["[1]"], (await Door.GetAsync("/c?echo=true", RseDoor.A)).Data());
        Assert.Equal(["[1]"], (await Door.GetAsync("/c", RseDoor.A.ToUpperInvariant().Replace("UUID/", "uuid/", StringComparison.Ordinal))).Data());
    }

    [ContractFact]
    public async Task Own_events_do_not_use_up_the_limit()
    {
        for (var i = 0; i < 6; i++) await Door.PostAsync("/c", $"[{i}]", i % 2 == 0 ? RseDoor.A : RseDoor.B);
        Assert.Equal(["[1]", "[3]"], (await Door.GetAsync("/c?max-events=2", RseDoor.A)).Data());
        Assert.Equal(["[5]", "[3]"], (await Door.GetAsync("/c?max-events=2&sort=-1", RseDoor.A)).Data());
    }

    [ContractFact]
    public async Task A_reader_goes_on_after_the_last_id_it_knows() // case 6
    {
        var ids = await PostManyAsync("/c", 3);
        Assert.Equal([ids[2]], (await Door.GetAsync($"/c?last-known-id={ids[1]}")).Ids());
        Assert.Equal(204, (await Door.GetAsync($"/c?last-known-id={ids[2]}")).Status);
        Assert.Equal(ids, (await Door.GetAsync("/c?last-known-id=-5")).Ids());
        Assert.Equal(ids, (await Door.GetAsync("/c?last-known-id=0")).Ids());
        Assert.Equal(204, (await Door.GetAsync($"/c?last-known-id={long.MaxValue}")).Status);
    }

    [ContractFact]
    public async Task Ids_increase_over_channels_and_trees() // case 7
    {
        for (var i = 0; i < 6; i++) await Door.PostAsync((i % 3) switch { 0 => "/t/one", 1 => "/t/two", _ => "/other" }, $"[{i}]");
        var all = new[] { "/t/one", "/t/two", "/other" }.Select(async channel => await Door.GetAsync(channel)).ToArray();
        var answers = await Task.WhenAll(all);
        foreach (var answer in answers) Assert.Equal(answer.Ids().Order(), answer.Ids());
        var byId = answers.SelectMany(answer => answer.Ids().Zip(answer.Data())).OrderBy(pair => pair.First);
        Assert.Equal(["[0]", "[1]", "[2]", "[3]", "[4]", "[5]"], byId.Select(pair => pair.Second));
    }

    [ContractTheory] // case 8
    [InlineData("", false)]
    [InlineData("?sort=1", false)]
    [InlineData("?sort=0", false)]
    [InlineData("?sort=5", false)]
    [InlineData("?sort=-1", true)]
    [InlineData("?sort=1&sort=-1", true)]
    public async Task Events_are_sorted_by_id(string query, bool descending)
    {
        var ids = await PostManyAsync("/c", 4);
        if (descending) ids.Reverse();
        Assert.Equal(ids, (await Door.GetAsync($"/c{query}")).Ids());
    }

    [ContractFact]
    public async Task A_limit_takes_the_lowest_ids_or_descending_the_highest() // case 9
    {
        await PostManyAsync("/c", 10);
        Assert.Equal(["[0]", "[1]", "[2]"], (await Door.GetAsync("/c?max-events=3")).Data());
        Assert.Equal(["[9]", "[8]", "[7]"], (await Door.GetAsync("/c?max-events=3&sort=-1")).Data());
    }

    [ContractTheory] // case 10
    [InlineData("", 200)]
    [InlineData("?max-events=1000", 500)]
    [InlineData("?max-events=99999999999", 500)]
    [InlineData("?max-events=0", 200)]
    [InlineData("?max-events=-7", 200)]
    [InlineData("?max-events=%2B7", 7)]
    public async Task A_limit_has_a_default_and_a_cap(string query, int events)
    {
        using var segment = new Frames.SegmentWriter();
        var fields = new Frames.RecordFields { ContentType = Frames.ContentType.Json };
        for (var i = 0; i < 600; i++) segment.Add(fields, "[]"u8);
        Assert.IsType<AppendResult.Appended>(await Door.Mesh.Channel(StreamName.Channel("c")).AppendAsync(segment.Finish()));
        Assert.Equal(events, (await Door.GetAsync($"/c{query}")).Ids().Count());
    }

    [ContractFact]
    public async Task Events_parent_takes_in_every_ancestor() // case 11
    {
        await PostAsync("/a", "/a/b/c", "/a/b", "/a/x", "/ab", "/a/b/");
        Assert.Equal(["\"/a\"", "\"/a/b/c\"", "\"/a/b\""], Names(await Door.GetAsync("/a/b/c?events=parent")));
        Assert.Equal(["\"/a\"", "\"/a/b\""], Names(await Door.GetAsync("/a/b?events=parent")));
        Assert.Equal(["\"/a/b\""], Names(await Door.GetAsync("/a/b")));
        Assert.Equal(["\"/a\"", "\"/a/b/\""], Names(await Door.GetAsync("/a/b/?events=parent")));
        Assert.Equal("/a/b/c", (await Door.GetAsync("/a/b/c?events=parent")).Channel());
    }

    [ContractFact]
    public async Task Events_parent_is_cut_after_it_is_merged()
    {
        await PostAsync("/a", "/a/b", "/a", "/a/b", "/a");
        Assert.Equal(["\"/a\"", "\"/a/b\"", "\"/a\""], Names(await Door.GetAsync("/a/b?events=parent&max-events=3")));
    }

    [ContractFact]
    public async Task Events_all_takes_in_what_lies_below_on_segment_boundaries() // cases 12 and 13
    {
        await PostAsync("/a", "/a/b/c", "/a/b", "/a/bc", "/acct");
        Assert.Equal(["\"/a\"", "\"/a/b/c\"", "\"/a/b\"", "\"/a/bc\""], Names(await Door.GetAsync("/a?events=all")));
        Assert.Equal(["\"/a/b/c\"", "\"/a/b\""], Names(await Door.GetAsync("/a/b?events=all")));
        Assert.Equal(204, (await Door.GetAsync("/acc?events=all")).Status);
        Assert.Equal(["\"/a\""], Names(await Door.GetAsync("/a?events=children")));
    }

    [ContractFact]
    public async Task Data_comes_back_byte_for_byte() // case 15
    {
        string[] texts = ["""  { "b" : 2.50 , "a":[ 1e+5,-0 ],"a":"\u00e9é\/" } """ + "\r\n", "[\"tab\there\"]", "[]", "{\"😀\":null}"];
        foreach (var text in texts) Assert.Equal(201, (await Door.PostAsync("/c", text)).Status);
        var answer = await Door.GetAsync("/c");
        foreach (var text in texts) Assert.Contains($"\"data\":{text}}}", answer.Body, StringComparison.Ordinal);
        Assert.Equal(4, answer.Body.Split("\"data\":").Length - 1);
    }

    [ContractTheory] // case 16
    [InlineData("/c", null, "Missing header: User-Agent")]
    [InlineData("/c", "curl/8", "Missing UUID in User-Agent header")]
    [InlineData("/c", "curl/8 uuid/", "Missing UUID in User-Agent header")]
    [InlineData("/c?echo=true", null, "Missing header: User-Agent")]
    public async Task A_reader_must_say_who_it_is(string target, string? userAgent, string message) =>
        Assert.Equal(message, (await Door.GetAsync(target, userAgent)).Error(400));

    [ContractFact]
    public async Task A_reader_with_echo_needs_no_uuid_and_a_uuid_may_be_any_text()
    {
        await Door.PostAsync("/c", "[1]", "x uuid/1");
        Assert.Equal(["[1]"], (await Door.GetAsync("/c?echo=true", "curl/8")).Data());
        Assert.Equal(204, (await Door.GetAsync("/c", "y uuid/1")).Status);
        Assert.Equal(["[1]"], (await Door.GetAsync("/c", "y uuid/12")).Data());
    }

    [ContractTheory]
    [InlineData("last-known-id=abc", "last-known-id must be a whole number of at most 64 bits; it was 'abc'")]
    [InlineData("last-known-id=", "last-known-id must be a whole number of at most 64 bits; it was ''")]
    [InlineData("max-events=1.5", "max-events must be a whole number of at most 64 bits; it was '1.5'")]
    [InlineData("max-events=3&max-events=x", "max-events must be a whole number of at most 64 bits; it was 'x'")]
    [InlineData("sort=%22%5C%0A", "sort must be a whole number of at most 64 bits; it was '\"\\\n'")]
    [InlineData("last-known-id=9223372036854775808", "last-known-id must be a whole number of at most 64 bits; it was '9223372036854775808'")]
    public async Task What_should_be_a_number_and_is_not_is_400(string query, string message) =>
        Assert.Equal(message, (await Door.GetAsync($"/c?{query}")).Error(400));

    [ContractFact]
    public async Task Of_a_repeated_parameter_the_last_counts_and_names_may_be_escaped()
    {
        await PostManyAsync("/c", 3);
        Assert.Single((await Door.GetAsync("/c?max-events=x&max%2Devents=1")).Ids());
        Assert.Equal(3, (await Door.GetAsync("/c?&&unknown&=&max-events=3&")).Ids().Count());
    }

    [ContractFact]
    public async Task A_large_answer_says_how_long_it_is_and_is_whole()
    {
        var text = $"[\"{new string('x', 200_000)}\"]";
        for (var i = 0; i < 20; i++) await Door.PostAsync("/c", text);
        var answer = await Door.GetAsync("/c");
        Assert.Equal(answer.Body.Length, answer.Length);
        Assert.All(answer.Data(), data => Assert.Equal(text, data));
        Assert.Equal(20, answer.Data().Count());
    }

    [ContractFact]
    public async Task An_answer_of_very_large_events_ends_early_and_the_next_goes_on()
    {
        var large = new string('x', 9_000_000);
        for (var i = 0; i < 5; i++) await Door.PostAsync("/c", $"[{i},\"{large}\"]");
        var first = await Door.GetAsync("/c");
        Assert.Equal([0, 1, 2, 3], first.Events().Select(each => each.GetProperty("data")[0].GetInt32()));
        var rest = await Door.GetAsync($"/c?last-known-id={first.Ids().Last()}");
        Assert.Equal([4], rest.Events().Select(each => each.GetProperty("data")[0].GetInt32()));
    }

    [ContractFact]
    public async Task What_another_door_wrote_is_readable_json()
    {
        using var segment = new Frames.SegmentWriter();
        var fields = new Frames.RecordFields { ContentType = Frames.ContentType.Text };
        segment.Add(fields, "say \"hi\"\n"u8);
        await Door.Mesh.Channel(StreamName.Channel("c")).AppendAsync(segment.Finish());
        var only = Assert.Single((await Door.GetAsync("/c")).Events());
        Assert.Equal("say \"hi\"\n", only.GetProperty("data").GetString());
        Assert.Equal("", only.GetProperty("user_agent").GetString());
    }

    private async Task PostAsync(params string[] channels)
    {
        foreach (var channel in channels) Assert.Equal(201, (await Door.PostAsync(channel, $"[\"{channel}\"]")).Status);
    }

    private static IEnumerable<string> Names(Answer answer) => answer.Events().Select(each => each.GetProperty("data")[0].GetRawText());

    private async Task<List<long>> PostManyAsync(string channel, int count)
    {
        for (var i = 0; i < count; i++) await Door.PostAsync(channel, string.Create(CultureInfo.InvariantCulture, $"[{i}]"));
        return [.. (await Door.GetAsync($"{channel}?max-events=500")).Ids()];
    }
}
