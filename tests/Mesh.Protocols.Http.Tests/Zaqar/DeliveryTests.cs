using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Protocols.Http.Zaqar.Delivery;
using Mesh.Testing;
using Mesh.Testing.Http;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>How subscribers are told of messages, over a restart and where options forbid it.</summary>
public sealed class DeliveryTests() : DeliveryContract(ZaqarServer.OpenWithWebhooksAsync)
{
    private static readonly ZaqarOptions Private = new() { WebhooksMayBePrivate = true };

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
    public async Task A_sweep_that_fails_is_not_the_last()
    {
        var store = new MemoryLogStore();
        var damaged = StreamName.Queue("without a mark", InnerProjects.Subscribed);
        await using var hook = await Webhook.StartAsync();
        await using (var first = await ZaqarServer.StartAsync(new ZaqarOptions { DeliveryIsOn = false }, store))
        {
            await SubscribeAsync(first, hook.Url);
            await first.Client.PostNumbersAsync("q", 1);
        }

        await store.OpenAsync([new OpenRequest(damaged, new StreamSeed(StreamOptions.Default, default, RecordTime.None))]);
        await using var second = await ZaqarServer.StartAsync(Private, store);
        await Eventually.TrueAsync(() => Task.FromResult(second.Clock.ActiveTimers > 0), "the first sweep has ended");
        await store.DeleteAsync(damaged);
        var sweeps = 20; // in less time than the message lives
        await Eventually.TrueAsync(
            () =>
            {
                if (sweeps-- > 0) second.Clock.Advance(TimeSpan.FromSeconds(10));
                return Task.FromResult(hook.Count > 0);
            },
            "a later sweep delivers what was left");
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
}
