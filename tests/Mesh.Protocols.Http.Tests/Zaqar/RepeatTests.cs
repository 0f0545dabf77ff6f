using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Testing.Http;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Posts that are sent again with the key of the first.</summary>
public sealed class RepeatTests
{
    private const string One = """{"messages":[{"ttl":300,"body":1},{"ttl":300,"body":2}]}""";
    private readonly MemoryLogStore _store = new();

    [Theory]
    [InlineData("v1", """[{"ttl":300,"body":1},{"ttl":300,"body":2}]""")]
    [InlineData("v1.1", One)]
    [InlineData("v2", One)]
    public async Task The_same_key_gets_the_same_ids_and_stores_nothing_even_after_a_restart(string version, string body)
    {
        ZaqarAnswer first;
        await using (var server = await ZaqarServer.StartAsync(null, _store))
        {
            await server.Client.PutAsync("/v2/queues/q");
            first = await PostAsync(server.Client, "k1", body, version);
            Assert.Equal(first with { }, await PostAsync(server.Client, "\"k1\"", body, version));
        }

        await using var again = await ZaqarServer.StartAsync(null, _store);
        var caller = again.NewClient();
        Assert.NotEqual(first.Body, (await PostAsync(caller, "k1", body, version)).Body);
        Assert.Equal(4, (await again.Client.GetAsync("/v2/queues/q/stats")).Counts().Total);
    }

    [Fact]
    public async Task Another_key_queue_or_client_or_none_is_another_post()
    {
        await using var server = await ZaqarServer.StartAsync();
        await PostAsync(server.Client, "k1");
        await PostAsync(server.Client, "k2");
        await PostAsync(server.NewClient(), "k1");
        await server.Client.PostAsync("/v2/queues/q/messages", One);
        await server.Client.PostAsync("/v2/queues/q/messages", One);
        Assert.Equal(10, (await server.Client.GetAsync("/v2/queues/q/stats")).Counts().Total);
        await PostAsync(server.Client, "k1", queue: "other");
        Assert.Equal(2, (await server.Client.GetAsync("/v2/queues/other/stats")).Counts().Total);
    }

    [Theory]
    [InlineData(null, 120)]
    [InlineData("""{"_idempotency_window":600}""", 600)]
    public async Task A_key_is_known_for_the_queues_window(string? metadata, int seconds)
    {
        await using var server = await ZaqarServer.StartAsync();
        await server.Client.PutAsync("/v2/queues/q", metadata);
        var first = await PostAsync(server.Client, "k");
        server.Clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal(first.Body, (await PostAsync(server.Client, "k")).Body);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(first.Body, (await PostAsync(server.Client, "k")).Body);
    }

    /// <summary>A repeat that comes while the first is being delivered may be told again, for deliveries are at least once; most are not.</summary>
    [Fact]
    public async Task Subscribers_are_not_told_again_of_what_is_posted_again()
    {
        const int Repeats = 10;
        await using var server = await ZaqarServer.StartAsync(new ZaqarOptions { WebhooksMayBePrivate = true });
        await using var hook = await Webhook.StartAsync();
        await server.Client.PostAsync("/v2/queues/q/subscriptions", $$"""{"subscriber":"{{hook.Url}}"}""");
        await PostAsync(server.Client, "k");
        var first = new[] { await hook.NextAsync(), await hook.NextAsync() };
        Assert.Equal(["1", "2"], first.Select(call => call.Json().GetProperty("body").ToString()).Order());
        for (var post = 0; post < Repeats; post++) await PostAsync(server.Client, "k");
        await server.Client.PostMessagesAsync("q", """{"body":"last"}""");
        var again = 0;
        while ((await hook.NextAsync()).Json().GetProperty("body").ToString() != "last") again++;
        Assert.InRange(again, 0, Repeats - 2);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("with space")]
    [InlineData("256")]
    public async Task What_is_no_key_is_refused(string key)
    {
        await using var server = await ZaqarServer.StartAsync();
        Assert.Equal("Invalid header value", (await PostAsync(server.Client, key == "256" ? new string('x', 256) : key, status: 400)).Error(400));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("604801")]
    [InlineData("\"60\"")]
    public async Task The_window_has_bounds(string window)
    {
        await using var server = await ZaqarServer.StartAsync();
        Assert.Equal(400, (await server.Client.PutAsync("/v2/queues/q", $$"""{"_idempotency_window":{{window}}}""")).Status);
    }

    private static async Task<ZaqarAnswer> PostAsync(ZaqarCaller client, string key, string body = One, string version = "v2", string queue = "q", int status = 201)
    {
        var answer = await client.SendAsync("POST", $"/{version}/queues/{queue}/messages", body, headers: ("Idempotency-Key", key));
        Assert.Equal(status, answer.Status);
        return answer;
    }
}
