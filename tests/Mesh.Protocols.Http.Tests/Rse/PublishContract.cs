using System.Text;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 7: what publishers depend on.</summary>
public abstract class PublishContract(Func<Task<RseDoor>> open) : DoorContract<RseDoor>(open)
{
    [ContractTheory] // case 14
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData(" [1] ")]
    public async Task Objects_and_arrays_are_stored(string text)
    {
        Assert.Equal(201, (await Door.PostAsync("/c", text)).Status);
        Assert.Single((await Door.GetAsync("/c")).Ids());
    }

    [ContractTheory] // case 14
    [InlineData("1")]
    [InlineData("\"s\"")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("[1,]")]
    public async Task Other_texts_are_refused(string text)
    {
        Assert.Equal("Invalid JSON", (await Door.PostAsync("/c", text)).Error(400));
        Assert.Equal(204, (await Door.GetAsync("/c")).Status);
    }

    [ContractFact]
    public async Task Bytes_that_are_not_utf8_and_deep_nesting_are_refused()
    {
        var bad = await Door.SendAsync(HttpMethod.Post, "/c", RseDoor.A, [(byte)'[', (byte)'"', 0xC3, (byte)'"', (byte)']']);
        Assert.Equal("Invalid JSON: the text is not UTF-8", bad.Error(400));
        var deep = await Door.PostAsync("/c", new string('[', 50_000));
        Assert.Equal("Invalid JSON: objects and arrays are nested deeper than 512 levels", deep.Error(400));
    }

    [ContractTheory] // cases 16 and 17
    [InlineData("[1]", null, "Missing header: User-Agent")]
    [InlineData("[1]", "curl/8", "Missing UUID in User-Agent header")]
    [InlineData("1", "curl/8", "Invalid JSON")]
    [InlineData("[1]", "curl\"8", "Invalid JSON")]
    [InlineData("[1]", "x\\y uuid/1", "Invalid JSON")]
    [InlineData("1", null, "Missing header: User-Agent")]
    public async Task A_publisher_must_say_who_it_is(string text, string? userAgent, string message)
    {
        Assert.Equal(message, (await Door.PostAsync("/c", text, userAgent)).Error(400));
        Assert.Equal(204, (await Door.GetAsync("/c")).Status);
    }

    [ContractFact]
    public async Task Pipelined_posts_are_answered_and_stored_in_order()
    {
        var posts = new StringBuilder();
        for (var i = 0; i < 20; i++)
            posts.Append($"POST /c HTTP/1.1\r\nHost: x\r\nUser-Agent: uuid/a\r\nX-Auth-Token: s3cr3t\r\n{(i == 19 ? "Connection: close\r\n" : "")}Content-Length: 4\r\n\r\n[{i:00}]");
        // Numbers with a leading zero are no JSON: the first ten are refused.
        var answers = await RawHttp.ExchangeAsync(Door.Address, posts.ToString());
        Assert.Equal(10, answers.Split("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n").Length - 1);
        Assert.Equal(Enumerable.Range(10, 10).Select(i => $"[{i}]"), (await Door.GetAsync("/c")).Data());
    }

    [ContractFact]
    public async Task A_get_may_publish() // case 22
    {
        Assert.Equal(201, (await Door.GetAsync("/c?method=POST&post-data={\"x\":1}", RseDoor.A)).Status);
        Assert.Equal(201, (await Door.GetAsync("/c?method=POST&post-data=%7B%22y%22%3A+%22%2B%22%7D", RseDoor.A)).Status);
        var script = await Door.GetAsync("/c?method=POST&post-data=[1]&callback=cb", RseDoor.A);
        Assert.Equal((200, "text/javascript", "cb({});"), (script.Status, script.Type, script.Body));
        Assert.Equal("Missing query parameter: post-data", (await Door.GetAsync("/c?method=POST", RseDoor.A)).Error(400));
        Assert.Equal("Invalid JSON", (await Door.GetAsync("/c?method=POST&post-data=", RseDoor.A)).Error(400));
        Assert.Equal(204, (await Door.GetAsync("/d?method=post&post-data=[1]", RseDoor.A)).Status);
        Assert.Equal(["{\"x\":1}", "{\"y\": \"+\"}", "[1]"], (await Door.GetAsync("/c")).Data());
    }

    [ContractFact]
    public async Task A_post_may_ask_for_a_callback_and_a_bad_one_stores_nothing()
    {
        var script = await Door.PostAsync("/c?callback=f_1", "[1]");
        Assert.Equal((200, "text/javascript", "f_1({});"), (script.Status, script.Type, script.Body));
        Assert.Equal("Invalid callback name", (await Door.PostAsync("/c?callback=a.b", "[2]")).Error(400));
        Assert.Equal("Invalid callback name", (await Door.PostAsync("/c?callback=", "[3]")).Error(400));
        Assert.Equal(["[1]"], (await Door.GetAsync("/c")).Data());
    }

    [ContractFact]
    public async Task Json_p_wraps_the_container_even_an_empty_one() // case 21
    {
        var empty = await Door.GetAsync("/c?callback=cb");
        Assert.Equal((200, "text/javascript", "cb({\"channel\":\"/c\",\"events\":[]});"), (empty.Status, empty.Type, empty.Body));
        await Door.PostAsync("/c", "[1]");
        var one = await Door.GetAsync("/c?callback=cb");
        Assert.StartsWith("cb({\"channel\":\"/c\",\"events\":[{\"id\":", one.Body, StringComparison.Ordinal);
        Assert.EndsWith(",\"data\":[1]}]});", one.Body, StringComparison.Ordinal);
        Assert.Equal(one.Body.Length, one.Length);
        Assert.Equal("Invalid callback name", (await Door.GetAsync("/c?callback=a.b")).Error(400));
    }

    [ContractFact]
    public async Task A_deleted_tree_is_made_again_with_its_time_to_live()
    {
        await Door.PostAsync("/c", "[1]");
        Assert.True(await Door.Mesh.Catalogue.DeleteAsync(StreamName.Channel("c")));
        Assert.Equal(201, (await Door.PostAsync("/c", "[2]")).Status);
        Assert.Equal(["[2]"], (await Door.GetAsync("/c")).Data());
        Assert.Equal(TimeSpan.FromSeconds(120), (await Door.Mesh.Catalogue.FindAsync(StreamName.Channel("c")))!.Options.RetentionAge);
    }

    [ContractFact]
    public async Task A_tree_takes_the_time_to_live_of_now_at_its_next_post()
    {
        await Door.Mesh.Catalogue.CreateAsync(StreamName.Channel("adopted"), StreamOptions.Default with { RetentionCount = 7 }, "kept"u8.ToArray());
        await Door.PostAsync("/adopted", "[1]");
        var entry = await Door.Mesh.Catalogue.FindAsync(StreamName.Channel("adopted"));
        Assert.Equal((TimeSpan.FromSeconds(120), 7), (entry!.Options.RetentionAge, entry.Options.RetentionCount));
        Assert.Equal("kept"u8.ToArray(), entry.Metadata.ToArray());
    }
}
