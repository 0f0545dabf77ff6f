using System.Globalization;
using System.Text;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Topics;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Streams that are no queues, by their addresses: their records are listed, posted, claimed and acknowledged, and stay.</summary>
public abstract class AddressContract(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    private const string Terms = """{"ttl":300,"grace":60}""";

    private ZaqarCaller Client => Door.Client;

    public static TheoryData<string, string> Streams => new()
    {
        { "ring:55", "mesh:ring:55" },
        { "ring:55", "mesh--ring--55" },
        { "ring:a_b/c", "mesh--ring--a_5fb_2fc" },
        { "ring:a b/%2F", "mesh:ring:a%20b%2F%252F" },
        { "channel:acct", "mesh:channel:acct" },
        { "channel:acct/agent7", "mesh:channel:acct%2Fagent7" },
        { "channel:acct/agent7", "mesh--channel--acct_2fagent7" },
        { "topic:metrics.cpu", "mesh:topic:metrics.cpu" },
        { "topic:metrics.cpu", "mesh--topic--metrics_2ecpu" },
        { "partition:p", "mesh:partition:p" },
    };

    [ContractTheory]
    [MemberData(nameof(Streams))]
    public async Task What_is_posted_has_the_sequences_of_the_stream_and_comes_under_links_that_lead_to_it(string address, string queue)
    {
        var stream = Resolve(address);
        var paths = await Client.PostNumbersAsync(queue, 3);
        Assert.Equal(["1:0", "2:1", "3:2"], await RecordsAsync(stream));
        Assert.All(paths, path => Assert.StartsWith($"/v2/queues/{queue}/messages/", path, StringComparison.Ordinal));
        Assert.Equal("1", (await Client.GetAsync(paths[1])).Json().GetProperty("body").GetRawText());
        var list = await Client.GetAsync($"/v2/queues/{queue}/messages?echo=true&limit=2");
        Assert.Equal(["0", "1"], list.Bodies());
        Assert.Equal(["2"], (await Client.GetAsync(list.Next()!)).Bodies());
        Assert.Equal(["2"], (await Client.GetAsync($"/v2/queues/{queue}/messages?echo=true&marker=2")).Bodies());
        Assert.Empty((await Client.GetAsync($"/v2/queues/{queue}/messages")).Messages());
        Assert.Equal(["0", "1", "2"], (await Door.NewClient().GetAsync($"/v2/queues/{queue}/messages")).Bodies());
    }

    [ContractTheory]
    [MemberData(nameof(Streams))]
    public async Task A_claim_holds_what_was_there_before_and_a_delete_under_it_acknowledges_and_takes_nothing_away(string address, string queue)
    {
        var stream = Resolve(address);
        foreach (var number in (int[])[0, 1, 2]) await AppendAsync(stream, number);
        var claim = await Client.ClaimAsync(queue, limit: 2);
        Assert.Equal(["0", "1"], claim.Bodies(201));
        Assert.StartsWith($"/v2/queues/{queue}/claims/", claim.Location, StringComparison.Ordinal);
        Assert.Equal(204, (await Client.DeleteAsync(claim.Hrefs(201)[0])).Status);
        Assert.Equal(["1"], (await Client.GetAsync(claim.Location!)).Bodies());
        Assert.Equal(204, (await Client.PatchAsync(claim.Location!, """{"ttl":600,"grace":60}""")).Status);
        Assert.Equal(600, (await Client.GetAsync(claim.Location!)).Json().GetProperty("ttl").GetInt32());
        Assert.Equal((1, 1, 2), (await Client.GetAsync($"/v2/queues/{queue}/stats")).Counts());
        Assert.Equal(204, (await Client.DeleteAsync(claim.Location!)).Status);
        Assert.Equal(404, (await Client.GetAsync(claim.Location!)).Status);
        Assert.Equal(400, (await Client.DeleteAsync(claim.Hrefs(201)[1])).Status);
        Assert.Equal(["1", "2"], (await Client.ClaimAsync(queue)).Bodies(201));
        Assert.Equal(204, (await Client.PostAsync($"/v2/queues/{queue}/claims", Terms)).Status);
        Assert.Equal(["1:0", "2:1", "3:2"], await RecordsAsync(stream));
        Assert.Equal(["0", "1", "2"], (await Client.GetAsync($"/v2/queues/{queue}/messages?echo=true")).Bodies());
    }

    [ContractFact]
    public async Task The_claims_of_a_view_are_of_its_key_alone()
    {
        await AppendAsync(Resolve("channel:acct/a"), 1);
        await AppendAsync(Resolve("channel:acct/b"), 2);
        await AppendAsync(Resolve("channel:acct/a"), 3);
        Assert.Equal(["1", "3"], (await Client.ClaimAsync("mesh:channel:acct%2Fa")).Bodies(201));
        Assert.Equal(["1", "2", "3"], (await Client.ClaimAsync("mesh:channel:acct")).Bodies(201));
        Assert.Equal(["2"], (await Client.GetAsync("/v2/queues/mesh:channel:acct%2Fb/messages?echo=true")).Bodies());
        var ends = (await Client.GetAsync("/v2/queues/mesh:channel:acct%2Fa/stats")).Json().GetProperty("messages");
        foreach (var (end, body) in new[] { ("oldest", 1), ("newest", 3) })
            Assert.Equal(body, (await Client.GetAsync(ends.GetProperty(end).GetProperty("href").GetString()!)).Json().GetProperty("body").GetInt32());
    }

    [ContractFact]
    public async Task The_group_is_that_of_the_other_doors()
    {
        var stream = Resolve("ring:55");
        await AppendAsync(stream, 7);
        var claim = await Client.ClaimAsync("mesh:ring:55");
        Assert.Equal((2, 1), Of(await stream.Groups!.PositionAsync("zaqar")));
        await Client.DeleteAsync(claim.Hrefs(201)[0]);
        Assert.Equal((2, 0), Of(await stream.Groups!.PositionAsync("zaqar")));

        static (long Next, long Pending) Of(GroupPosition position) => (position.Next.Value, position.Pending);
    }

    [ContractFact]
    public async Task A_pop_acknowledges_what_it_takes()
    {
        await Client.PostNumbersAsync("mesh:ring:55", 3);
        Assert.Equal(["0", "1"], (await Client.DeleteAsync("/v2/queues/mesh:ring:55/messages?pop=2")).Bodies());
        Assert.Equal((0, 1, 1), (await Client.GetAsync("/v2/queues/mesh:ring:55/stats")).Counts());
        Assert.Equal(["2"], (await Client.ClaimAsync("mesh:ring:55")).Bodies(201));
    }

    [ContractFact]
    public async Task A_claim_that_waits_gets_what_comes_to_a_stream_that_was_not_there()
    {
        var claim = Client.PostAsync("/v2/queues/mesh:ring:55/claims?wait=60", Terms);
        await AppendAsync(Resolve("ring:55"), 5);
        Assert.Equal(["5"], (await claim.WaitAsync(TimeSpan.FromSeconds(60))).Bodies(201));
        var list = Client.GetAsync("/v2/queues/mesh:ring:55/messages?echo=true&marker=1&wait=60");
        await AppendAsync(Resolve("ring:55"), 6);
        Assert.Equal(["6"], (await list.WaitAsync(TimeSpan.FromSeconds(60))).Bodies());
    }

    [ContractFact]
    public async Task A_stream_that_is_not_there_has_nothing_and_is_made_by_PUT_or_a_post()
    {
        Assert.Empty((await Client.GetAsync("/v2/queues/mesh:ring:55/messages?echo=true")).Messages());
        Assert.Equal(204, (await Client.PostAsync("/v2/queues/mesh:ring:55/claims", Terms)).Status);
        Assert.Equal((0, 0, 0), (await Client.GetAsync("/v2/queues/mesh:ring:55/stats")).Counts());
        Assert.Null(await Door.Mesh.Catalogue.FindAsync(Resolve("ring:55").Stream));
        Assert.Equal(201, (await Client.PutAsync("/v2/queues/mesh:ring:55")).Status);
        Assert.Equal(204, (await Client.PutAsync("/v2/queues/mesh:ring:55", "{}")).Status);
        Assert.Equal("{}", (await Client.GetAsync("/v2/queues/mesh:ring:55")).Body);
        Assert.NotNull(await Door.Mesh.Catalogue.FindAsync(Resolve("ring:55").Stream));
    }

    [ContractFact]
    public async Task The_address_of_a_queue_is_the_queue()
    {
        await Client.PostNumbersAsync("jobs", 1);
        Assert.Equal(["0"], (await Client.GetAsync("/v2/queues/mesh:queue:jobs/messages?echo=true")).Bodies());
        Assert.Equal("/v2/queues/jobs", (await Client.PutAsync("/v2/queues/mesh--queue--jobs")).Location);
    }

    [ContractTheory]
    [InlineData("v1", """[{"ttl":300,"body":7}]""")]
    [InlineData("v1.1", """{"messages":[{"ttl":300,"body":7}]}""")]
    [InlineData("v2", """{"messages":[{"body":7}]}""")]
    public async Task Every_version_posts_claims_and_acknowledges(string version, string post)
    {
        var root = $"/{version}/queues/mesh:ring:55";
        Assert.Equal(201, (await Client.PutAsync(root)).Status);
        Assert.Equal(201, (await Client.PostAsync($"{root}/messages", post)).Status);
        var claim = await Client.PostAsync($"{root}/claims", Terms);
        var held = claim.Json(201);
        var href = (version == "v1" ? held : held.GetProperty("messages"))[0].GetProperty("href").GetString()!;
        Assert.StartsWith($"{root}/messages/", href, StringComparison.Ordinal);
        Assert.Equal(204, (await Client.DeleteAsync(href)).Status);
        Assert.Equal((0, 0, 0), (await Client.GetAsync($"{root}/stats")).Counts());
        Assert.Equal(["1:7"], await RecordsAsync(Resolve("ring:55")));
    }

    [ContractFact]
    public async Task A_post_that_is_repeated_under_its_key_stores_once_for_each_view()
    {
        foreach (var queue in (string[])["mesh:channel:acct%2Fa", "mesh:channel:acct%2Fa", "mesh:channel:acct%2Fb"])
        {
            var answer = await Client.SendAsync("POST", $"/v2/queues/{queue}/messages", """{"messages":[{"body":1}]}""", headers: ("Idempotency-Key", "k"));
            Assert.Equal(201, answer.Status);
        }

        Assert.Equal(["1:1", "2:1"], await RecordsAsync(Resolve("channel:acct")));
    }

    [ContractTheory]
    [InlineData("PATCH", "", "[]", "PATCH /mesh/v1/streams/ring%3A55")]
    [InlineData("PUT", "", """{"a":1}""", "PATCH /mesh/v1/streams/ring%3A55")]
    [InlineData("DELETE", "", null, "DELETE /mesh/v1/streams/ring%3A55")]
    [InlineData("DELETE", "/messages/1-1", null, "under its claim")]
    [InlineData("DELETE", "/messages?ids=1-1", null, "under its claim")]
    [InlineData("POST", "/purge", "{}", "move its consumer group zaqar")]
    [InlineData("POST", "/redrive", "{}", "names the queue that takes them")]
    [InlineData("POST", "/share", "{}", "for queues")]
    [InlineData("GET", "/subscriptions", null, "/mesh/v1/streams/ring%3A55/tail")]
    [InlineData("POST", "/subscriptions", "{}", "SUBSCRIBE mesh:ring:55")]
    public async Task What_only_queues_can_is_refused_and_the_answer_says_what_would_be_right(string method, string rest, string? body, string right)
    {
        var paths = await Client.PostNumbersAsync("mesh:ring:55", 1);
        var path = rest.Replace("1-1", paths[0].Split('/')[^1], StringComparison.Ordinal);
        var answer = await Client.SendAsync(method, $"/v2/queues/mesh:ring:55{path}", body);
        Assert.Equal("Invalid API request", answer.Error(400));
        Assert.Contains(right, answer.Json(400).GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(["1:0"], await RecordsAsync(Resolve("ring:55")));
    }

    [ContractTheory]
    [InlineData("mesh:rings:55", "begins with channel, queue, ring, topic, partition or room")]
    [InlineData("mesh:ring:", "has a name behind its colon")]
    [InlineData("mesh--ring--a_b", "_5f")]
    [InlineData("mesh--ring--", "has a name behind its colon")]
    public async Task What_begins_like_an_address_and_is_none_is_refused(string queue, string right)
    {
        var answer = await Client.GetAsync($"/v2/queues/{queue}/messages");
        Assert.Equal("Invalid queue identification", answer.Error(400));
        Assert.Contains(right, answer.Json(400).GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_room_that_keeps_nothing_says_so_and_how_it_would()
    {
        const string Room = "/v2/queues/mesh:room:lobby";
        foreach (var answer in new[] { await Client.GetAsync($"{Room}/messages"), await Client.PostAsync($"{Room}/claims", Terms), await Client.PostAsync($"{Room}/messages", """{"messages":[{"body":1}]}"""), await Client.PutAsync(Room) })
        {
            Assert.Equal("Not found", answer.Error(404));
            Assert.Contains("/rooms/{room}/history", answer.Json(404).GetProperty("description").GetString(), StringComparison.Ordinal);
        }

        await Door.Mesh.Catalogue.CreateAsync(Resolve("room:lobby").Stream, StreamOptions.Default, default);
        await Client.PostNumbersAsync("mesh:room:lobby", 1);
        Assert.Equal(["0"], (await Client.ClaimAsync("mesh:room:lobby")).Bodies(201));
    }

    private AddressedStream Resolve(string address) => new AddressResolver(Door.Mesh, new TopicPartitions(Door.Mesh, TopicHomes.Default)).Resolve(StreamAddress.Parse(address), Door.Project);

    private static async Task AppendAsync(AddressedStream stream, int number)
    {
        using var segment = new SegmentWriter();
        segment.Add(new RecordFields { Key = stream.RecordKey, ContentType = ContentType.Json }, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
        Assert.IsType<AppendResult.Appended>(await stream.AppendAsync(segment.Finish()));
    }

    /// <summary>Each record of an address as sequence and body.</summary>
    private static async Task<List<string>> RecordsAsync(AddressedStream stream)
    {
        var seen = new List<string>();
        foreach (var record in await stream.ReadAsync(new ReadQuery(), new RecordFilter(stream.Key, null, []))) seen.Add($"{record.Sequence.Value}:{Encoding.UTF8.GetString(record.Body)}");
        return seen;
    }
}
