using Mesh.Testing.Http;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Cases 44 to 48 and 50.</summary>
public abstract class SubscriptionCases(Func<Task<ZaqarDoor>> open) : ConformanceCase(open)
{
    protected VersionCaller Client => In("v2");

    [ContractFact]
    public async Task Purging_takes_messages_or_subscriptions_or_both()
    {
        await Client.PostNumbersAsync("q", 2);
        await SubscribeAsync("http://example.com/a");
        Assert.Equal(400, (await Client.PostAsync("q/purge", """{"resource_types":["foo"]}""")).Status);
        Assert.Equal(204, (await Client.PostAsync("q/purge", """{"resource_types":["messages"]}""")).Status);
        Client.AssertEmpty(await Client.GetAsync("q/messages?echo=true"));
        Assert.Single(Subscriptions(await Client.GetAsync("q/subscriptions")));
        await Client.PostNumbersAsync("q", 1);
        Assert.Equal(204, (await Client.PostAsync("q/purge")).Status);
        Client.AssertEmpty(await Client.GetAsync("q/messages?echo=true"));
        Assert.Empty(Subscriptions(await Client.GetAsync("q/subscriptions")));
    }

    [ContractFact]
    public async Task A_subscriber_subscribes_once_and_a_confirmed_one_not_again()
    {
        var id = await SubscribeAsync("http://example.com/a");
        Assert.Equal(id, await SubscribeAsync("http://example.com/a"));
        Assert.Equal(204, (await Client.PutAsync($"q/subscriptions/{id}/confirm", """{"confirmed":true}""")).Status);
        Assert.Equal("Resource conflict", (await Client.PostAsync("q/subscriptions", """{"subscriber":"http://example.com/a"}""")).Error(409));
        var shown = (await Client.GetAsync($"q/subscriptions/{id}")).Json();
        Assert.Equal(["id", "source", "subscriber", "ttl", "age", "options", "confirmed"], shown.EnumerateObject().Select(each => each.Name));
        Assert.True(shown.GetProperty("confirmed").GetBoolean());
    }

    [ContractTheory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"subscriber":"ftp://example.com"}""")]
    [InlineData("""{"subscriber":"fake"}""")]
    [InlineData("""{"subscriber":"email:me@example.com"}""")]
    [InlineData("""{"subscriber":"trust+https://example.com"}""")]
    [InlineData("""{"subscriber":"http://example.com","options":"1"}""")]
    [InlineData("""{"subscriber":"http://example.com","ttl":"invalid"}""")]
    [InlineData("""{"subscriber":"http://example.com","ttl":59}""")]
    [InlineData("""{"subscriber":"http://example.com","options":{"_retry_policy":{"maximum_delay":6,"minimum_delay":5}}}""")]
    public async Task A_subscription_of_another_form_is_refused(string? body) => Assert.Equal(400, (await Client.PostAsync("q/subscriptions", body)).Status);

    [ContractFact]
    public async Task Subscriptions_are_listed_page_after_page()
    {
        Assert.Equal("""{"subscriptions":[],"links":[]}""", (await Client.GetAsync("q/subscriptions")).Body);
        var ids = new List<string>();
        for (var i = 0; i < 10; i++) ids.Add(await SubscribeAsync($"http://example.com/{i}"));
        foreach (var limit in new[] { 1, 5, 10, 15 })
        {
            var seen = (await Client.PagesAsync($"q/subscriptions?limit={limit}", "subscriptions")).SelectMany(Subscriptions);
            Assert.Equal(ids.Order(StringComparer.Ordinal), seen);
        }
    }

    [ContractFact]
    public async Task Only_true_and_false_confirm()
    {
        var id = await SubscribeAsync("http://example.com/a");
        foreach (var confirmed in new[] { "true", "false" }) Assert.Equal(204, (await Client.PutAsync($"q/subscriptions/{id}/confirm", $$"""{"confirmed":{{confirmed}}}""")).Status);
        foreach (var body in new[] { "123", """{"confirmed":123}""", "{}" }) Assert.Equal(400, (await Client.PutAsync($"q/subscriptions/{id}/confirm", body)).Status);
        Assert.Equal(404, (await Client.PutAsync("q/subscriptions/unknown/confirm", """{"confirmed":true}""")).Status);
    }

    [ContractFact]
    public async Task A_webhook_is_told_of_each_message()
    {
        await using var hook = await Webhook.StartAsync();
        await SubscribeAsync(hook.Url);
        await Client.PostMessagesAsync("q", """{"ttl":60,"body":"hi"},{"ttl":70,"body":{"n":1}}""");
        var told = new[] { (await hook.NextAsync()).Json(), (await hook.NextAsync()).Json() }.OrderBy(each => each.GetProperty("ttl").GetInt32()).ToArray();
        Assert.Equal("""{"ttl":60,"body":"hi","Message_Type":"Notification","queue_name":"q"}""", told[0].GetRawText());
        Assert.Equal("""{"n":1}""", told[1].GetProperty("body").GetRawText());
    }

    protected async Task<string> SubscribeAsync(string subscriber)
    {
        var answer = await Client.PostAsync("q/subscriptions", $$"""{"subscriber":"{{subscriber}}"}""");
        Assert.Equal("/v2/queues/q/subscriptions", answer.Location);
        return answer.Json(201).GetProperty("subscription_id").GetString()!;
    }

    protected static IEnumerable<string> Subscriptions(ZaqarAnswer answer) => answer.Json().GetProperty("subscriptions").EnumerateArray().Select(each => each.GetProperty("id").GetString()!);
}
