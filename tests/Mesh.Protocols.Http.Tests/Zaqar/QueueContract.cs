using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Queues come and go (Zaqar specification, section 1.3).</summary>
public abstract class QueueContract(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    protected ZaqarCaller Client => Door.Client;

    [ContractTheory]
    [InlineData("qtestqueue")]
    [InlineData("TESTqueue")]
    [InlineData("hyphen-name")]
    [InlineData("_undersore")]
    [InlineData("with.dot")]
    [InlineData("iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii")]
    public async Task A_queue_is_created_once(string name)
    {
        var created = await Client.PutAsync($"/v2/queues/{name}");
        Assert.Equal((201, $"/v2/queues/{name}", ""), (created.Status, created.Location, created.Body));
        Assert.Equal(204, (await Client.PutAsync($"/v2/queues/{name}")).Status);
        Assert.Equal([name], (await Client.GetAsync("/v2/queues")).QueueNames());
    }

    [ContractTheory]
    [InlineData("队列")]
    [InlineData("@$@^qw")]
    [InlineData("a%20b")]
    [InlineData("a%2Fb")]
    [InlineData("iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii")]
    public async Task A_name_of_other_characters_or_too_long_is_refused_everywhere(string name)
    {
        Assert.Equal("Invalid queue identification", (await Client.PutAsync($"/v2/queues/{name}")).Error(400));
        Assert.Equal("Invalid queue identification", (await Client.DeleteAsync($"/v2/queues/{name}")).Error(400));
        Assert.Equal("Invalid queue identification", (await Client.GetAsync($"/v2/queues/{name}/messages")).Error(400));
        Assert.Equal("Invalid queue identification", (await Client.PostAsync($"/v2/queues/{name}/claims")).Error(400));
    }

    [ContractFact]
    public async Task Queues_of_two_projects_never_meet()
    {
        var other = Door.NewClient("-another");
        await Client.PutAsync("/v2/queues/q", """{"mine":1}""");
        Assert.Equal(201, (await other.PutAsync("/v2/queues/q")).Status);
        var message = (await Client.PostNumbersAsync("q", 1))[0];
        Assert.Empty((await other.GetAsync("/v2/queues/q/messages?echo=true")).Messages());
        Assert.Equal("Not found", (await other.GetAsync(message)).Error(404));
        Assert.Equal(204, (await other.DeleteAsync(message)).Status);
        var claim = (await Client.ClaimAsync("q")).Location!;
        Assert.Equal("Not found", (await other.GetAsync(claim)).Error(404));
        Assert.Equal(204, (await other.DeleteAsync(claim)).Status);
        Assert.Equal(200, (await Client.GetAsync(claim)).Status);
        await other.DeleteAsync("/v2/queues/q");
        Assert.Equal(200, (await Client.GetAsync(message)).Status);
    }

    [ContractFact]
    public async Task A_missing_queue_reads_as_empty_and_a_post_makes_it()
    {
        Assert.Empty((await Client.GetAsync("/v2/queues/q/messages")).Messages());
        var stats = await Client.GetAsync("/v2/queues/q/stats");
        Assert.Equal((0, 0, 0), stats.Counts());
        Assert.Equal("""{"messages":{"claimed":0,"free":0,"total":0}}""", stats.Body);
        Assert.Equal((204, ""), await StatusAndBodyAsync(Client.PostAsync("/v2/queues/q/claims")));
        Assert.Equal(404, (await Client.GetAsync("/v2/queues/q/messages/1-1")).Status);
        Assert.Equal(404, (await Client.GetAsync("/v2/queues/q/claims/1")).Status);
        Assert.Equal(404, (await Client.PatchQueueAsync("q", """[{"op":"add","path":"/metadata/a","value":1}]""")).Status);
        Assert.Equal("""{"messages":[]}""", (await Client.DeleteAsync("/v2/queues/q/messages?pop=1")).Body);
        Assert.Equal(204, (await Client.DeleteAsync("/v2/queues/q")).Status);
        Assert.Equal(3600, (await Client.GetAsync("/v2/queues/q")).Json().GetProperty("_default_message_ttl").GetInt32());
        Assert.Empty((await Client.GetAsync("/v2/queues")).QueueNames());
        await Client.PostNumbersAsync("q", 1);
        Assert.Equal(["q"], (await Client.GetAsync("/v2/queues")).QueueNames());
    }

    [ContractFact]
    public async Task Ids_of_a_deleted_queue_mean_nothing_in_its_successor()
    {
        var old = (await Client.PostNumbersAsync("q", 2))[0];
        var oldMarker = (await Client.GetAsync("/v2/queues/q/messages?echo=true&limit=1")).Next()!;
        var oldClaim = (await Client.ClaimAsync("q")).Location!;
        Assert.Equal(204, (await Client.DeleteAsync("/v2/queues/q")).Status);
        await Client.PostNumbersAsync("q", 2);
        Assert.Equal(404, (await Client.GetAsync(old)).Status);
        Assert.Equal(204, (await Client.DeleteAsync(old)).Status);
        Assert.Equal(204, (await Client.DeleteAsync($"/v2/queues/q/messages?ids={old.Split('/')[^1]}")).Status);
        Assert.Empty((await Client.GetAsync(oldMarker)).Messages());
        Assert.Equal(404, (await Client.GetAsync(oldClaim)).Status);
        Assert.Equal(["0", "1"], (await Client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies());
    }

    [ContractTheory]
    [InlineData("limit=0", "Invalid API request")]
    [InlineData("limit=-1", "Invalid API request")]
    [InlineData("limit=21", "Invalid API request")]
    [InlineData("limit=1001", "Invalid API request")]
    [InlineData("limit=99999999999999999999", "Invalid API request")]
    [InlineData("limit=ten", "Invalid parameter")]
    [InlineData("detailed=maybe", "Invalid parameter")]
    [InlineData("detailed=TRUE", "Invalid parameter")]
    [InlineData("name=%28", "Invalid parameter")]
    public async Task A_list_with_bad_parameters_is_refused(string query, string title) =>
        Assert.Equal(title, (await Client.GetAsync($"/v2/queues?{query}")).Error(400));

    [ContractFact]
    public async Task Queues_are_listed_by_name_page_after_page()
    {
        await Door.NewClient("-another").PutAsync("/v2/queues/b");
        foreach (var name in new[] { "c", "a", "b" }) await Client.PutAsync($"/v2/queues/{name}");
        var first = await Client.GetAsync("/v2/queues?limit=2");
        Assert.Equal(["a", "b"], first.QueueNames());
        var second = await Client.GetAsync(first.Next()!);
        Assert.Equal(["c"], second.QueueNames());
        var last = await Client.GetAsync(second.Next()!);
        Assert.Equal("""{"queues":[],"links":[]}""", last.Body);
        Assert.Empty((await Client.GetAsync("/v2/queues?marker=zzz")).QueueNames());
    }

    [ContractFact]
    public async Task A_page_holds_ten_queues_unless_asked_otherwise()
    {
        for (var i = 0; i < 12; i++) await Client.PutAsync($"/v2/queues/q{i}");
        Assert.Equal(10, (await Client.GetAsync("/v2/queues")).QueueNames().Length);
        Assert.Equal(12, (await Client.GetAsync("/v2/queues?limit=20")).QueueNames().Length);
    }

    [ContractFact]
    public async Task A_detailed_list_shows_what_each_queue_shows_itself()
    {
        await Client.PutAsync("/v2/queues/a", """{"node":1,"_default_message_ttl":300}""");
        await Client.PutAsync("/v2/queues/b");
        var queues = (await Client.GetAsync("/v2/queues?detailed=true")).Json().GetProperty("queues").EnumerateArray().ToArray();
        Assert.Equal(2, queues.Length);
        foreach (var queue in queues)
            Assert.Equal((await Client.GetAsync(queue.GetProperty("href").GetString()!)).Body, queue.GetProperty("metadata").GetRawText());
        Assert.All((await Client.GetAsync("/v2/queues")).Json().GetProperty("queues").EnumerateArray(), queue => Assert.False(queue.TryGetProperty("metadata", out _)));
    }

    [ContractFact]
    public async Task Queues_are_filtered_by_name_and_metadata_and_counted()
    {
        await Client.PutAsync("/v2/queues/q1", """{"key":1,"text":"a b","_max_messages_post_size":2000}""");
        await Client.PutAsync("/v2/queues/q2", """{"key":2}""");
        await Client.PutAsync("/v2/queues/other", """{"key":2}""");
        Assert.Empty((await Client.GetAsync("/v2/queues?node=34")).QueueNames());
        Assert.Equal(["q2"], (await Client.GetAsync("/v2/queues?name=q&key=2")).QueueNames());
        Assert.Equal(["q1"], (await Client.GetAsync("/v2/queues?text=a%20b")).QueueNames());
        Assert.Equal(["q1"], (await Client.GetAsync("/v2/queues?_max_messages_post_size=2000")).QueueNames());
        Assert.Equal(["q1", "q2"], (await Client.GetAsync("/v2/queues?name=%5Eq.$")).QueueNames());
        Assert.Equal(3, (await Client.GetAsync("/v2/queues?with_count=true")).Json().GetProperty("count").GetInt32());
        Assert.False((await Door.NewClient("-empty").GetAsync("/v2/queues?with_count=true")).Json().TryGetProperty("count", out _));
        var page = await Client.GetAsync("/v2/queues?key=2&limit=1&with_count=true");
        Assert.Equal(["other"], page.QueueNames());
        Assert.Equal(["q2"], (await Client.GetAsync(page.Next()!)).QueueNames());
    }

    private static async Task<(int, string)> StatusAndBodyAsync(Task<ZaqarAnswer> asked)
    {
        var answer = await asked;
        return (answer.Status, answer.Body);
    }
}
