using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Protocols.Http.Zaqar.Delivery;
using Mesh.Testing.Http;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>How subscribers are told of messages (Zaqar specification, section 1.11).</summary>
public sealed class DeliveryTests
{
    private static readonly ZaqarOptions Private = new() { WebhooksMayBePrivate = true };

    [Fact]
    public async Task A_webhook_that_answers_5xx_is_called_again_and_any_other_answer_ends_that()
    {
        await using var server = await ZaqarServer.StartAsync(Private);
        await using var hook = await Webhook.StartAsync((before, response) =>
        {
            response.StatusCode = before < 2 ? 503 : 404;
            return Task.CompletedTask;
        });
        await SubscribeAsync(server, hook.Url);
        await server.Client.PostNumbersAsync("q", 1);
        for (var call = 0; call < 3; call++) await hook.NextAsync();
        await server.Client.PostNumbersAsync("q", 1);
        await hook.NextAsync();
        Assert.Equal(4, hook.Count);
    }

    [Fact]
    public async Task A_subscription_sets_headers_and_the_body_around_the_message()
    {
        await using var server = await ZaqarServer.StartAsync(Private);
        await using var hook = await Webhook.StartAsync();
        await SubscribeAsync(server, hook.Url, """{"post_headers":{"X-Token":"t"},"post_data":"{\"told\":\"$zaqar_message$\"}"}""");
        await server.Client.PostNumbersAsync("q", 1);
        var call = await hook.NextAsync();
        Assert.Equal("t", call.Headers["X-Token"]);
        Assert.Equal(0, call.Json().GetProperty("told").GetProperty("body").GetInt32());
    }

    [Fact]
    public async Task What_was_posted_before_the_end_is_delivered_after_the_restart()
    {
        var store = new MemoryLogStore();
        await using var hook = await Webhook.StartAsync();
        await using (var first = await ZaqarServer.StartAsync(new ZaqarOptions { DeliveryIsOn = false }, store))
        {
            await SubscribeAsync(first, hook.Url);
            await first.Client.PostNumbersAsync("q", 1);
            await first.Client.DeleteAsync("/v2/queues/q/messages?pop=1");
        }

        await using var second = await ZaqarServer.StartAsync(Private, store);
        Assert.Equal(0, (await hook.NextAsync()).Json().GetProperty("body").GetInt32());
    }

    [Fact]
    public async Task A_subscriber_that_does_not_answer_keeps_no_other_waiting()
    {
        var held = new TaskCompletionSource();
        await using var server = await ZaqarServer.StartAsync(Private);
        await using var slow = await Webhook.StartAsync((_, _) => held.Task);
        await using var quick = await Webhook.StartAsync();
        await SubscribeAsync(server, slow.Url);
        await SubscribeAsync(server, quick.Url);
        await server.Client.PostNumbersAsync("q", 20);
        for (var call = 0; call < 20; call++) await quick.NextAsync();
        Assert.InRange(slow.Count, 0, Private.DeliveriesPerSubscriberMax);
        held.SetResult();
        for (var call = 0; call < 20; call++) await slow.NextAsync();
    }

    [Fact]
    public async Task Where_confirmation_is_required_a_subscriber_confirms_with_what_it_is_sent()
    {
        await using var server = await ZaqarServer.StartAsync(Private with { ConfirmationIsRequired = true });
        await using var hook = await Webhook.StartAsync();
        await SubscribeAsync(server, hook.Url);
        await server.Client.PostNumbersAsync("q", 1);
        var asked = (await hook.NextAsync()).Json();
        Assert.Equal("SubscriptionConfirmation", asked.GetProperty("Message_Type").GetString());
        string[] names = ["URL-Signature", "URL-Methods", "URL-Paths", "URL-Expires", "X-Project-ID"];
        var headers = names.Select(name => (name, asked.GetProperty(name).GetString()!)).Append(("Client-ID", Guid.NewGuid().ToString())).ToArray();
        var path = asked.GetProperty("URL-Paths").GetString()!;
        Assert.Equal(204, (await server.Client.SendAsync("PUT", path, asked.GetProperty("SubscribeBody").GetRawText(), withHeaders: false, headers: headers)).Status);
        await server.Client.PostMessagesAsync("q", """{"body":7}""");
        Assert.Equal(7, (await hook.NextAsync()).Json().GetProperty("body").GetInt32());
        await server.Client.SendAsync("PUT", path, asked.GetProperty("UnsubscribeBody").GetRawText(), withHeaders: false, headers: headers);
        Assert.Equal("UnsubscribeConfirmation", (await hook.NextAsync()).Json().GetProperty("Message_Type").GetString());
        Assert.Equal(3, hook.Count);
    }

    [Theory]
    [InlineData("linear", new[] { 0, 0, 0, 5, 5, 5, 5, 10, 15, 20, 25, 30, 30, 30 })]
    [InlineData("arithmetic", new[] { 0, 0, 0, 5, 5, 5, 5, 10, 20, 30, 30, 30 })]
    [InlineData("geometric", new[] { 0, 0, 0, 5, 5, 5, 5, 10, 20, 30, 30, 30 })]
    [InlineData("exponential", new[] { 0, 0, 0, 5, 5, 5, 5, 13, 30, 30, 30 })]
    public void Waits_between_retries_grow_from_none_to_the_greatest_and_end(string function, int[] seconds)
    {
        var policy = RetryPolicy.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"retry_backoff_function":"{{function}}"}"""));
        var waits = Enumerable.Range(1, seconds.Length).Select(failures => (int?)policy.DelayAfter(failures)?.TotalSeconds);
        Assert.Equal(seconds.Select(each => (int?)each), waits);
        Assert.Null(policy.DelayAfter(seconds.Length + 1));
    }

    [Theory]
    [InlineData("""{"minimum_delay":"5"}""")]
    [InlineData("""{"minimum_delay":25}""")]
    [InlineData("""{"retries_with_no_delay":-1}""")]
    [InlineData("""{"retry_backoff_function":"random"}""")]
    [InlineData("""{"ignore_subscription_override":1}""")]
    [InlineData("""{"unknown":1}""")]
    public async Task A_retry_policy_takes_only_what_it_means(string policy)
    {
        await using var server = await ZaqarServer.StartAsync();
        Assert.Equal(400, (await server.Client.PutAsync("/v2/queues/q", $$"""{"_retry_policy":{{policy}}}""")).Status);
    }

    private static async Task SubscribeAsync(ZaqarServer server, string subscriber, string options = "{}") =>
        Assert.Equal(201, (await server.Client.PostAsync("/v2/queues/q/subscriptions", $$"""{"subscriber":"{{subscriber}}","options":{{options}}}""")).Status);
}
