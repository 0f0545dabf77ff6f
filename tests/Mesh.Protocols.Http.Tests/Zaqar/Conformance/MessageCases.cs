using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Cases 18 to 28, 42, 52 and 54.</summary>
public abstract class MessageCases(Func<Task<ZaqarDoor>> open) : ConformanceCase(open)
{
    private const int PostBytesMax = 262144;

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Posted_messages_are_named_in_order_and_each_is_read_back(string version)
    {
        var client = In(version);
        await client.PutAsync("q");
        foreach (var count in new[] { 1, 10, 20 })
        {
            var answer = await client.PostMessagesAsync("q", string.Join(',', Enumerable.Range(0, count).Select(n => $$$"""{"ttl":120,"body":{"n":{{{n}}}}}""")));
            var paths = VersionCaller.Resources(answer);
            Assert.Equal(count, paths.Length);
            Assert.Equal($"/{version}/queues/q/messages?ids={string.Join(',', paths.Select(path => path.Split('/')[^1]))}", answer.Location);
            for (var n = 0; n < count; n++)
            {
                var message = (await client.GetAsync(paths[n])).Json();
                Assert.Equal(($$"""{"n":{{n}}}""", 120), (message.GetProperty("body").GetRawText(), message.GetProperty("ttl").GetInt32()));
                Assert.Equal(!client.IsFirst, message.TryGetProperty("id", out _));
            }
        }
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_time_to_live_is_60_seconds_to_14_days(string version)
    {
        var client = In(version);
        await client.PutAsync("q");
        foreach (var ttl in new[] { "59", "-1", "1209601", "10000000000000000000", "\"60\"" })
            Assert.Equal(400, (await client.PostMessagesAsync("q", $$"""{"ttl":{{ttl}},"body":1}""")).Status);
        var without = await client.PostMessagesAsync("q", """{"body":1}""");
        Assert.Equal(client.IsFirst ? 400 : 201, without.Status);
        if (client.IsFirst) return;
        Assert.Equal(3600, (await client.GetAsync(VersionCaller.Resources(without)[0])).Json().GetProperty("ttl").GetInt32());
        await client.PutAsync("r", """{"_default_message_ttl":999}""");
        var byQueue = await client.PostMessagesAsync("r", """{"body":1}""");
        Assert.Equal(999, (await client.GetAsync(VersionCaller.Resources(byQueue)[0])).Json().GetProperty("ttl").GetInt32());
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_body_that_is_no_list_of_messages_is_refused(string version)
    {
        var client = In(version);
        await client.PutAsync("q");
        var otherForm = client.IsFirst ? """{"messages":[{"ttl":60,"body":1}]}""" : """[{"ttl":60,"body":1}]""";
        foreach (var body in new[] { null, "[", "[]", "{}", ".", "123", client.Messages(""), otherForm, client.Messages("""{"ttl":60,"body":9223372036854775808}""") })
            Assert.Equal(400, (await client.PostAsync("q/messages", body)).Status);
        client.AssertEmpty(await client.GetAsync("q/messages?echo=true"));
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_post_takes_262144_bytes_and_less_where_the_queue_says_so(string version)
    {
        var client = In(version);
        await client.PutAsync("q");
        foreach (var less in new[] { 10, 1, 0 }) Assert.Equal(201, (await client.PostAsync("q/messages", Post(client, PostBytesMax - less))).Status);
        foreach (var more in new[] { 1, 10 }) Assert.Equal(400, (await client.PostAsync("q/messages", Post(client, PostBytesMax + more))).Status);
        if (version != "v2") return;
        await client.PutAsync("small", """{"_max_messages_post_size":1023}""");
        Assert.Equal(400, (await client.PostAsync("small/messages", Post(client, 1200))).Status);
        Assert.Equal(201, (await client.PostAsync("small/messages", Post(client, 1023))).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_client_sees_its_own_messages_only_when_it_asks_for_them(string version)
    {
        await In(version).PostNumbersAsync("q", 3);
        In(version).AssertEmpty(await In(version).GetAsync("q/messages"));
        Assert.Equal([0, 1, 2], In(version).Numbers(await In(version).GetAsync("q/messages?echo=true")));
        Assert.Equal([0, 1, 2], In(version).Numbers(await Another(version).GetAsync("q/messages")));
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_list_with_bad_parameters_is_refused(string version)
    {
        await In(version).PutAsync("q");
        foreach (var query in new[] { "limit=0", "limit=-100", "limit=30", "limit=10000000000000000000", "limit=abc", "echo=maybe" })
            Assert.Equal(400, (await In(version).GetAsync($"q/messages?{query}")).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Following_the_links_shows_every_message_once(string version)
    {
        await In(version).PostNumbersAsync("q", 15);
        foreach (var limit in new[] { 1, 4, 5, 20 })
        {
            var pages = await In(version).PagesAsync($"q/messages?echo=true&limit={limit}");
            Assert.Equal(Enumerable.Range(0, 15), pages.SelectMany(In(version).Numbers));
        }
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_marker_that_is_none_has_nothing_behind_it(string version)
    {
        await In(version).PostNumbersAsync("q", 1);
        In(version).AssertEmpty(await In(version).GetAsync("q/messages?echo=true&marker=invalid"));
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Messages_are_got_by_up_to_20_ids_at_once(string version)
    {
        var client = In(version);
        var ids = (await client.PostNumbersAsync("q", 2)).Select(path => path.Split('/')[^1]).ToArray();
        Assert.Equal(400, (await client.GetAsync($"q/messages?ids={string.Join(',', Enumerable.Repeat(ids[0], 21))}")).Status);
        Assert.Equal([0, 1], client.Numbers(await client.GetAsync($"q/messages?ids={ids[0]},unknown,{ids[1]}")).Order());
        Assert.Equal(client.IsFirst ? 204 : 404, (await client.GetAsync("q/messages?ids=unknown,ffff-1")).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Deleted_messages_are_gone_and_deleting_them_again_is_no_error(string version)
    {
        var client = In(version);
        var paths = await client.PostNumbersAsync("q", 3);
        Assert.Equal(204, (await client.DeleteAsync(paths[0])).Status);
        Assert.Equal(404, (await client.GetAsync(paths[0])).Status);
        Assert.Equal(204, (await client.DeleteAsync(paths[0])).Status);
        var query = $"q/messages?ids={string.Join(',', paths.Select(path => path.Split('/')[^1]))}";
        Assert.Equal(204, (await client.DeleteAsync(query)).Status);
        Assert.Equal(client.IsFirst ? 204 : 404, (await client.GetAsync(query)).Status);
        Assert.Equal(400, (await client.DeleteAsync($"q/messages?ids={string.Join(',', Enumerable.Repeat("a", 21))}")).Status);
        Assert.Equal(400, (await client.DeleteAsync("q/messages")).Status);
    }

    [ContractTheory]
    [MemberData(nameof(LaterVersions))]
    public async Task Popped_messages_are_gone(string version)
    {
        var client = In(version);
        await client.PostNumbersAsync("q", 6);
        foreach (var count in new[] { "0", "-1", "10000000", "x", "1&ids=a" }) Assert.Equal(400, (await client.DeleteAsync($"q/messages?pop={count}")).Status);
        Assert.Equal([0], client.Numbers(await client.DeleteAsync("q/messages?pop=1")));
        Assert.Equal([1, 2, 3, 4, 5], client.Numbers(await client.DeleteAsync("q/messages?pop=5")));
        Assert.Equal("""{"messages":[]}""", (await client.DeleteAsync("q/messages?pop=5")).Body);
    }

    [ContractFact]
    public async Task The_first_version_pops_nothing()
    {
        await In("v1").PostNumbersAsync("q", 1);
        Assert.Equal(400, (await In("v1").DeleteAsync("q/messages?pop=1")).Status);
        Assert.Equal([0], In("v1").Numbers(await In("v1").GetAsync("q/messages?echo=true")));
    }

    [ContractFact]
    public async Task The_first_version_says_that_a_post_is_whole_and_where_things_are()
    {
        var client = In("v1");
        await client.PutAsync("q");
        Assert.False((await client.PostMessagesAsync("q", """{"ttl":60,"body":1}""")).Json(201).GetProperty("partial").GetBoolean());
        var page = await client.GetAsync("q/messages?echo=true");
        Assert.Equal("/v1/queues/q/messages?echo=true", page.ContentLocation);
        var message = client.List(page)[0];
        Assert.Equal(["href", "ttl", "age", "body"], message.EnumerateObject().Select(each => each.Name));
        var claim = await client.ClaimAsync("q");
        Assert.Equal(System.Text.Json.JsonValueKind.Array, claim.Json(201).ValueKind);
        Assert.Contains("?claim_id=", client.Hrefs(claim)[0], StringComparison.Ordinal);
        Assert.DoesNotContain("claim_id", (await client.GetAsync("q/messages?echo=true&include_claimed=true")).Body, StringComparison.Ordinal);
        foreach (var path in new[] { "q", "q/stats", "q/metadata", claim.Location!, message.GetProperty("href").GetString()! })
            Assert.Equal(client.Path(path), (await client.GetAsync(path)).ContentLocation);
    }

    [ContractFact]
    public async Task An_encrypted_queue_behaves_as_any_other()
    {
        var client = In("v2");
        await client.PutAsync("q", """{"_enable_encrypt_messages":true}""");
        var paths = await client.PostNumbersAsync("q", 2);
        Assert.Equal("0", (await client.GetAsync(paths[0])).Json().GetProperty("body").GetRawText());
        Assert.Equal([0, 1], client.Numbers(await client.GetAsync("q/messages?echo=true")));
        Assert.Equal([0, 1], client.Numbers(await client.ClaimAsync("q")));
        foreach (var path in paths) await client.DeleteAsync($"q/messages?ids={path.Split('/')[^1]}");
        Assert.Equal((0, 0, 0), (await client.GetAsync("q/stats")).Counts());
    }

    private static string Post(VersionCaller client, int bytes)
    {
        var around = client.Messages("""{"ttl":60,"body":""}""");
        return around.Replace("\"\"", $"\"{new string('x', bytes - around.Length)}\"", StringComparison.Ordinal);
    }
}
