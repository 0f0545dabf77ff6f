using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Dead letters on their way back.</summary>
public sealed class RedriveTests : IAsyncLifetime
{
    private ZaqarServer _server = null!;

    private ZaqarCaller Client => _server.Client;

    public async Task InitializeAsync() => _server = await ZaqarServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task All_dead_letters_go_back_to_where_they_come_from_once()
    {
        await DieAsync("one", """{"body":1},{"body":2}""");
        await DieAsync("two", """{"body":3}""");
        Assert.Equal(3, await RedriveAsync(null));
        Assert.Equal(0, await RedriveAsync("{}"));
        Assert.Equal((0, 0, 0), (await Client.GetAsync("/v2/queues/dead/stats")).Counts());
        Assert.Equal(["1", "2"], (await Client.ClaimAsync("one")).Bodies(201));
        var back = await Client.GetAsync((await Client.ClaimAsync("two")).Location!);
        Assert.Equal(["3"], back.Bodies());
        Assert.Equal(3600, back.Messages()[0].GetProperty("ttl").GetInt32());
    }

    [Fact]
    public async Task One_goes_by_its_id_and_may_go_elsewhere_and_live_as_long_as_it_is_told()
    {
        await DieAsync("one", """{"body":1},{"body":2}""");
        var id = (await Client.GetAsync("/v2/queues/dead/messages?echo=true&include_delayed=true")).Ids()[1];
        await Client.PutAsync("/v2/queues/elsewhere");
        Assert.Equal(1, await RedriveAsync($$"""{"ids":["{{id}}"],"to":"elsewhere","ttl":77}"""));
        Assert.Equal(0, await RedriveAsync($$"""{"ids":["{{id}}","unknown"],"to":"elsewhere"}"""));
        var there = Assert.Single((await Client.GetAsync("/v2/queues/elsewhere/messages?echo=true")).Messages());
        Assert.Equal((2, 77), (there.GetProperty("body").GetInt32(), there.GetProperty("ttl").GetInt32()));
        Assert.Equal(1, (await Client.GetAsync("/v2/queues/dead/stats")).Counts().Total);
    }

    [Theory]
    [InlineData("""{"body":{"kind":"a"}}""", 2)]
    [InlineData("""{"body":{"kind":"a","deep":{"n":1}}}""", 1)]
    [InlineData("""{"body":{"missing":null}}""", 0)]
    [InlineData("""{"body":"text"}""", 1)]
    [InlineData("""{"from":"one"}""", 4)]
    [InlineData("""{"from":"two"}""", 0)]
    public async Task Those_go_that_a_filter_names(string filter, int count)
    {
        await DieAsync("one", """{"body":{"kind":"a","deep":{"n":1,"m":2}}},{"body":{"kind":"a"}},{"body":{"kind":"b"}},{"body":"text"}""", encrypts: true);
        Assert.Equal(count, await RedriveAsync(filter));
        Assert.Equal(count, (await Client.GetAsync("/v2/queues/one/stats")).Counts().Total);
    }

    [Fact]
    public async Task What_somebody_has_claimed_or_no_queue_is_known_for_stays()
    {
        await Client.PostMessagesAsync("dead", """{"body":"posted here"},{"body":"claimed"}""");
        Assert.Equal(0, await RedriveAsync("{}"));
        await Client.ClaimAsync("dead", limit: 1);
        await Client.PutAsync("/v2/queues/elsewhere");
        Assert.Equal(1, await RedriveAsync("""{"to":"elsewhere"}"""));
        await DieAsync("one", """{"body":1}""");
        await Client.DeleteAsync("/v2/queues/one");
        Assert.Equal(0, await RedriveAsync("{}"));
        Assert.Equal(2, (await Client.GetAsync("/v2/queues/dead/stats")).Counts().Total);
    }

    [Fact]
    public async Task A_request_that_ends_early_says_from_where_to_go_on()
    {
        await Client.PutAsync("/v2/queues/elsewhere");
        for (var posted = 0; posted < 10_100; posted += 1010) await Client.PostNumbersAsync("dead", 1010);
        var first = (await Client.PostAsync("/v2/queues/dead/redrive", """{"to":"elsewhere","body":10000}""")).Json();
        Assert.Equal(0, first.GetProperty("redriven").GetInt32());
        await Client.PostMessagesAsync("dead", """{"body":10000}""");
        var second = (await Client.PostAsync("/v2/queues/dead/redrive", $$"""{"to":"elsewhere","body":10000,"marker":"{{first.GetProperty("marker").GetString()}}"}""")).Json();
        Assert.Equal(1, second.GetProperty("redriven").GetInt32());
        Assert.False(second.TryGetProperty("marker", out _));
    }

    [Theory]
    [InlineData("""{"ids":[]}""", 400)]
    [InlineData("""{"ids":["a"],"from":"one"}""", 400)]
    [InlineData("""{"all":true}""", 400)]
    [InlineData("""{"ttl":1}""", 400)]
    [InlineData("""{"marker":"x"}""", 400)]
    [InlineData("""{"to":"dead"}""", 400)]
    [InlineData("""{"to":"missing"}""", 404)]
    [InlineData("[]", 400)]
    public async Task What_cannot_be_meant_is_refused(string body, int status) => Assert.Equal(status, (await Client.PostAsync("/v2/queues/dead/redrive", body)).Status);

    [Fact]
    public async Task A_message_may_have_its_own_delay_where_the_queue_lets_it()
    {
        await Client.PutAsync("/v2/queues/q", """{"_enable_message_delay":true}""");
        await Client.PostMessagesAsync("q", """{"body":1,"delay":5},{"body":2}""");
        Assert.Equal(["2"], (await Client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies());
        Assert.Equal(["1", "2"], (await Client.GetAsync("/v2/queues/q/messages?echo=true&include_delayed=true")).Bodies());
        _server.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["1", "2"], (await Client.ClaimAsync("q")).Bodies(201));
        Assert.Equal(400, (await Client.PostAsync("/v2/queues/q/messages", """{"messages":[{"body":1,"delay":901}]}""")).Status);
        Assert.Equal(400, (await Client.PutAsync("/v2/queues/r", """{"_enable_message_delay":1}""")).Status);
    }

    [Fact]
    public async Task Messages_have_priorities_where_the_queue_lets_them_and_lists_keep_their_order()
    {
        const string Posted = """{"body":1},{"body":2,"priority":9},{"body":3,"priority":0},{"body":4,"priority":5}""";
        await Client.PutAsync("/v2/queues/q", """{"_enable_message_priority":true}""");
        await Client.PostMessagesAsync("q", Posted);
        Assert.Equal(["1", "2", "3", "4"], (await Client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies());
        Assert.Equal(["2", "4"], (await Client.ClaimAsync("q", limit: 2)).Bodies(201));
        Assert.Equal(["1", "3"], (await Client.DeleteAsync("/v2/queues/q/messages?pop=2")).Bodies());
        foreach (var priority in new[] { "-1", "10", "\"1\"", "1.5" })
            Assert.Equal(400, (await Client.PostAsync("/v2/queues/q/messages", $$"""{"messages":[{"body":1,"priority":{{priority}}}]}""")).Status);
        await Client.PostMessagesAsync("plain", Posted);
        Assert.Equal(["1", "2", "3", "4"], (await Client.ClaimAsync("plain")).Bodies(201));
    }

    /// <summary>Posts messages and delivers them until they are dead letters.</summary>
    private async Task DieAsync(string queue, string messages, bool encrypts = false)
    {
        var more = encrypts ? ""","_enable_encrypt_messages":true""" : "";
        await Client.PutAsync($"/v2/queues/{queue}", $$"""{"_max_claim_count":1,"_dead_letter_queue":"dead"{{more}}}""");
        await Client.PostMessagesAsync(queue, messages);
        await Client.DeleteAsync((await Client.ClaimAsync(queue)).Location!);
        Assert.Equal(204, (await Client.PostAsync($"/v2/queues/{queue}/claims", """{"ttl":60,"grace":60}""")).Status);
    }

    private async Task<int> RedriveAsync(string? body) => (await Client.PostAsync("/v2/queues/dead/redrive", body)).Json().GetProperty("redriven").GetInt32();
}
