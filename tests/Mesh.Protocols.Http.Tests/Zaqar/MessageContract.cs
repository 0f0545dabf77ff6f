using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Posting, reading and deleting messages (Zaqar specification, sections 1.4 and 3).</summary>
public abstract class MessageContract(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    protected ZaqarCaller Client => Door.Client;

    [ContractTheory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(20)]
    public async Task Posted_messages_are_named_in_order_and_each_can_be_read(int count)
    {
        var messages = string.Join(',', Enumerable.Range(0, count).Select(n => $$$"""{"ttl":120,"body":{"n":{{{n}}}}}"""));
        var answer = await Client.PostAsync("/v2/queues/q/messages", $$"""{"messages":[{{messages}}]}""");
        string[] resources = [.. answer.Json(201).GetProperty("resources").EnumerateArray().Select(each => each.GetString()!)];
        Assert.Equal(count, resources.Length);
        Assert.Equal("/v2/queues/q/messages?ids=" + string.Join(',', resources.Select(path => path.Split('/')[^1])), answer.Location);
        for (var n = 0; n < count; n++)
        {
            var message = (await Client.GetAsync(resources[n])).Json();
            Assert.Equal($$$"""{"n":{{{n}}}}""", message.GetProperty("body").GetRawText());
            Assert.Equal(120, message.GetProperty("ttl").GetInt32());
            Assert.Equal(resources[n], message.GetProperty("href").GetString());
        }
    }

    [ContractTheory]
    [InlineData("59")]
    [InlineData("-1")]
    [InlineData("1209601")]
    [InlineData("10000000000000000000")]
    [InlineData("\"60\"")]
    [InlineData("60.5")]
    public async Task A_time_to_live_out_of_range_is_refused_and_nothing_is_posted(string ttl)
    {
        Assert.Equal(400, (await Client.PostAsync("/v2/queues/q/messages", $$"""{"messages":[{"ttl":300,"body":1},{"ttl":{{ttl}},"body":2}]}""")).Status);
        Assert.Empty((await Client.GetAsync("/v2/queues/q/messages?echo=true")).Messages());
    }

    [ContractTheory]
    [InlineData(null)]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData(".")]
    [InlineData("123")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"messages":[1]}""")]
    [InlineData("""{"messages":[{"ttl":60}]}""")]
    [InlineData("""{"messages":[{"ttl":60,"body":9223372036854775808}]}""")]
    public async Task A_body_that_is_no_list_of_messages_is_refused(string? body) =>
        Assert.Equal(400, (await Client.PostAsync("/v2/queues/q/messages", body)).Status);

    [ContractFact]
    public async Task A_body_nested_too_deep_is_refused() =>
        Assert.Equal(400, (await Client.PostAsync("/v2/queues/q/messages", $$"""{"messages":[{"ttl":60,"body":{{new string('[', 50_000)}}{{new string(']', 50_000)}}}]}""")).Status);

    [ContractTheory]
    [InlineData(262144, 201)]
    [InlineData(262145, 400)]
    public async Task A_post_may_be_so_large_and_no_larger(int size, int status)
    {
        const string Around = """{"messages":[{"ttl":60,"body":""}]}""";
        var body = Around.Replace("\"\"", $"\"{new string('x', size - Around.Length)}\"", StringComparison.Ordinal);
        Assert.Equal(size, body.Length);
        Assert.Equal(status, (await Client.PostAsync("/v2/queues/q/messages", body)).Status);
    }

    [ContractFact]
    public async Task A_queue_may_take_less_and_give_messages_another_life()
    {
        await Client.PutAsync("/v2/queues/q", """{"_max_messages_post_size":100,"_default_message_ttl":999}""");
        Assert.Equal(400, (await Client.PostAsync("/v2/queues/q/messages", $$"""{"messages":[{"body":"{{new string('x', 100)}}"}]}""")).Status);
        var path = (await Client.PostMessagesAsync("q", """{"body":1}"""))[0];
        Assert.Equal(999, (await Client.GetAsync(path)).Json().GetProperty("ttl").GetInt32());
    }

    [ContractFact]
    public async Task A_poster_sees_its_own_only_when_it_asks_and_others_see_all()
    {
        await Client.PostNumbersAsync("q", 3);
        Assert.Empty((await Client.GetAsync("/v2/queues/q/messages")).Bodies());
        Assert.Equal(["0", "1", "2"], (await Client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies());
        Assert.Equal(["0", "1", "2"], (await Door.NewClient().GetAsync("/v2/queues/q/messages")).Bodies());
    }

    [ContractTheory]
    [InlineData("limit=0")]
    [InlineData("limit=-100")]
    [InlineData("limit=30")]
    [InlineData("limit=10000000000000000000")]
    [InlineData("limit=abc")]
    [InlineData("echo=maybe")]
    public async Task Wrong_parameters_of_a_list_are_refused(string query) =>
        Assert.Equal(400, (await Client.GetAsync($"/v2/queues/q/messages?{query}")).Status);

    [ContractTheory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task Pages_linked_by_next_hold_every_message_once(int limit)
    {
        await Client.PostNumbersAsync("q", 11);
        var seen = new List<string>();
        for (string? page = $"/v2/queues/q/messages?echo=true&limit={limit}"; page is not null;)
        {
            var answer = await Client.GetAsync(page);
            seen.AddRange(answer.Bodies());
            page = answer.Next();
        }

        Assert.Equal(Enumerable.Range(0, 11).Select(n => $"{n}"), seen);
    }

    [ContractFact]
    public async Task A_marker_that_names_nothing_gives_an_empty_page()
    {
        await Client.PostNumbersAsync("q", 2);
        Assert.Empty((await Client.GetAsync("/v2/queues/q/messages?echo=true&marker=invalid")).Messages());
    }

    [ContractFact]
    public async Task Messages_are_read_in_bulk_and_unknown_ones_left_out()
    {
        var ids = (await Client.PostNumbersAsync("q", 3)).Select(path => path.Split('/')[^1]).ToArray();
        Assert.Equal(["0", "2"], (await Client.GetAsync($"/v2/queues/q/messages?ids={ids[0]},nope,{ids[2]}")).Bodies());
        Assert.Equal(404, (await Client.GetAsync("/v2/queues/q/messages?ids=nope,none")).Status);
        Assert.Equal(400, (await Client.GetAsync($"/v2/queues/q/messages?ids={string.Join(',', Enumerable.Repeat(ids[0], 21))}")).Status);
    }

    [ContractFact]
    public async Task Deleting_is_done_once_and_never_an_error()
    {
        var paths = await Client.PostNumbersAsync("q", 3);
        Assert.Equal(204, (await Client.DeleteAsync(paths[0])).Status);
        Assert.Equal(404, (await Client.GetAsync(paths[0])).Status);
        Assert.Equal(204, (await Client.DeleteAsync(paths[0])).Status);
        var ids = string.Join(',', paths.Select(path => path.Split('/')[^1]));
        Assert.Equal(204, (await Client.DeleteAsync($"/v2/queues/q/messages?ids={ids}")).Status);
        Assert.Equal(404, (await Client.GetAsync($"/v2/queues/q/messages?ids={ids}")).Status);
    }

    [ContractTheory]
    [InlineData("")]
    [InlineData("?pop=0")]
    [InlineData("?pop=-1")]
    [InlineData("?pop=10000000")]
    [InlineData("?pop=1&ids=1-1")]
    public async Task Deleting_without_saying_what_is_refused_and_removes_nothing(string query)
    {
        await Client.PostNumbersAsync("q", 2);
        Assert.Equal(400, (await Client.DeleteAsync($"/v2/queues/q/messages{query}")).Status);
        Assert.Equal(2, (await Client.GetAsync("/v2/queues/q/messages?echo=true")).Messages().Length);
    }

    [ContractFact]
    public async Task Popped_messages_come_oldest_first_and_are_gone()
    {
        await Client.PostNumbersAsync("q", 6);
        Assert.Equal(["0"], (await Client.DeleteAsync("/v2/queues/q/messages?pop=1")).Bodies());
        Assert.Equal(["1", "2", "3", "4", "5"], (await Client.DeleteAsync("/v2/queues/q/messages?pop=20")).Bodies());
        Assert.Empty((await Client.DeleteAsync("/v2/queues/q/messages?pop=1")).Bodies());
    }

    [ContractFact]
    public async Task A_delay_is_ignored_where_the_queue_has_none()
    {
        await Client.PostMessagesAsync("q", """{"ttl":300,"body":1,"delay":100}""");
        Assert.Single((await Client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies());
    }

    [ContractFact]
    public async Task A_missing_queue_reads_as_empty_and_is_made_by_the_first_post()
    {
        Assert.Empty((await Client.GetAsync("/v2/queues/q/messages")).Messages());
        Assert.Equal(404, (await Client.GetAsync("/v2/queues/q/messages/1-1")).Status);
        Assert.Equal(204, (await Client.PostAsync("/v2/queues/q/claims")).Status);
        Assert.Equal((0, 0, 0), (await Client.GetAsync("/v2/queues/q/stats")).Counts());
        await Client.PostNumbersAsync("q", 1);
        Assert.Equal(["q"], (await Client.GetAsync("/v2/queues")).QueueNames());
    }

    [ContractFact]
    public async Task Ids_of_a_deleted_queue_mean_nothing_in_a_new_one_of_its_name()
    {
        var path = (await Client.PostNumbersAsync("q", 1))[0];
        await Client.DeleteAsync("/v2/queues/q");
        await Client.PostNumbersAsync("q", 1);
        Assert.Equal(404, (await Client.GetAsync(path)).Status);
        Assert.Equal(204, (await Client.DeleteAsync(path)).Status);
        Assert.Single((await Client.GetAsync("/v2/queues/q/messages?echo=true")).Messages());
    }
}
