using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

public sealed class EmbeddedClaimCases() : ClaimCases(ZaqarServer.OpenAsync)
{
    private ManualClock Clock => ((ZaqarServer)Door).Clock;

    [Theory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_claim_is_read_and_renewed(string version)
    {
        var client = In(version);
        await client.PostNumbersAsync("q", 1);
        var claim = (await client.ClaimAsync("q", ttl: 120)).Location!;
        Clock.Advance(TimeSpan.FromSeconds(7));
        var held = (await client.GetAsync(claim)).Json();
        Assert.Equal((7, 120, claim), (held.GetProperty("age").GetInt32(), held.GetProperty("ttl").GetInt32(), held.GetProperty("href").GetString()));
        Assert.Single(held.GetProperty("messages").EnumerateArray());
        foreach (var ttl in new[] { -1, 59, 43201 }) Assert.Equal(400, (await client.PatchAsync(claim, $$"""{"ttl":{{ttl}},"grace":60}""")).Status);
        Assert.Equal(204, (await client.PatchAsync(claim, """{"ttl":60,"grace":60}""")).Status);
        held = (await client.GetAsync(claim)).Json();
        Assert.Equal((0, 60), (held.GetProperty("age").GetInt32(), held.GetProperty("ttl").GetInt32()));
    }
}

public sealed class EmbeddedMessageCases() : MessageCases(ZaqarServer.OpenAsync)
{
    private ManualClock Clock => ((ZaqarServer)Door).Clock;

    [Fact]
    public async Task A_delayed_message_is_hidden_until_it_is_due()
    {
        var client = In("v2");
        await client.PutAsync("q", """{"_default_message_delay":5}""");
        Assert.Equal(201, (await client.PostMessagesAsync("q", """{"body":0}""")).Status);
        client.AssertEmpty(await client.GetAsync("q/messages?echo=true"));
        Assert.Equal(204, (await client.ClaimAsync("q")).Status);
        Assert.Equal([0], client.Numbers(await client.GetAsync("q/messages?echo=true&include_delayed=true")));
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([0], client.Numbers(await client.GetAsync("q/messages?echo=true")));
        Assert.Equal(400, (await client.PostMessagesAsync("q", """{"body":1,"delay":901}""")).Status);
        await client.PutAsync("r");
        await client.PostMessagesAsync("r", """{"body":1,"delay":900}""");
        Assert.Equal([1], client.Numbers(await client.GetAsync("r/messages?echo=true")));
    }
}

public sealed class EmbeddedSigningCases() : SigningCases(ZaqarServer.OpenAsync)
{
    private ManualClock Clock => ((ZaqarServer)Door).Clock;

    [Fact]
    public async Task A_signature_is_good_until_it_expires()
    {
        await Client.PostNumbersAsync("q", 1);
        var signed = (await Client.PostAsync("q/share", "{}")).Json();
        Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, await UseAsync("GET", "q/messages", signed));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, await UseAsync("GET", "q/messages", signed));
    }
}

public sealed class EmbeddedSubscriptionCases() : SubscriptionCases(ZaqarServer.OpenWithWebhooksAsync)
{
    private ManualClock Clock => ((ZaqarServer)Door).Clock;

    [Fact]
    public async Task A_subscription_is_changed_and_lives_its_time()
    {
        var id = await SubscribeAsync("http://example.com/a");
        await SubscribeAsync("http://example.com/b");
        Assert.Equal(204, (await Client.PatchAsync($"q/subscriptions/{id}", """{"ttl":60}""")).Status);
        Assert.Equal(409, (await Client.PatchAsync($"q/subscriptions/{id}", """{"subscriber":"http://example.com/b"}""")).Status);
        Assert.Equal(404, (await Client.PatchAsync("q/subscriptions/unknown", """{"ttl":60}""")).Status);
        foreach (var body in new[] { null, "{}" }) Assert.Equal(400, (await Client.PatchAsync($"q/subscriptions/{id}", body)).Status);
        Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Single(Subscriptions(await Client.GetAsync("q/subscriptions")));
        Assert.Equal(404, (await Client.GetAsync($"q/subscriptions/{id}")).Status);
    }
}
