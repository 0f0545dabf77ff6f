using Mesh.Protocols.Http.Zaqar;
using Mesh.Testing;
using Mesh.Testing.Http;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>How subscribers are told of messages (Zaqar specification, section 1.11), where webhooks may be on loopback.</summary>
public abstract class DeliveryContract(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    [ContractFact]
    public async Task A_webhook_that_answers_5xx_is_called_again_and_any_other_answer_ends_that()
    {
        await using var hook = await Webhook.StartAsync((before, response) =>
        {
            response.StatusCode = before < 2 ? 503 : 404;
            return Task.CompletedTask;
        });
        await SubscribeAsync(Door, hook.Url);
        await Door.Client.PostNumbersAsync("q", 1);
        for (var call = 0; call < 3; call++) await hook.NextAsync();
        await Door.Client.PostNumbersAsync("q", 1);
        await hook.NextAsync();
        Assert.Equal(4, hook.Count);
    }

    [ContractFact]
    public async Task A_subscription_sets_headers_and_the_body_around_the_message()
    {
        await using var hook = await Webhook.StartAsync();
        await SubscribeAsync(Door, hook.Url, """{"post_headers":{"X-Token":"t"},"post_data":"{\"told\":\"$zaqar_message$\"}"}""");
        await Door.Client.PostNumbersAsync("q", 1);
        var call = await hook.NextAsync();
        Assert.Equal("t", call.Headers["X-Token"]);
        Assert.Equal(0, call.Json().GetProperty("told").GetProperty("body").GetInt32());
    }

    [ContractFact]
    public async Task A_subscriber_that_does_not_answer_keeps_no_other_waiting()
    {
        const int Messages = 8; // few, so that none of the calls that are held runs out of time meanwhile
        var held = new TaskCompletionSource();
        await using var slow = await Webhook.StartAsync((_, _) => held.Task);
        await using var quick = await Webhook.StartAsync();
        await SubscribeAsync(Door, slow.Url);
        await SubscribeAsync(Door, quick.Url);
        await Door.Client.PostNumbersAsync("q", Messages);
        for (var call = 0; call < Messages; call++) await quick.NextAsync();
        Assert.InRange(slow.Count, 0, new ZaqarOptions().DeliveriesPerSubscriberMax);
        held.SetResult();
        for (var call = 0; call < Messages; call++) await slow.NextAsync();
    }

    [ContractTheory]
    [InlineData("""{"minimum_delay":"5"}""")]
    [InlineData("""{"minimum_delay":25}""")]
    [InlineData("""{"retries_with_no_delay":-1}""")]
    [InlineData("""{"retry_backoff_function":"random"}""")]
    [InlineData("""{"ignore_subscription_override":1}""")]
    [InlineData("""{"unknown":1}""")]
    public async Task A_retry_policy_takes_only_what_it_means(string policy)
    {
        Assert.Equal(400, (await Door.Client.PutAsync("/v2/queues/q", $$"""{"_retry_policy":{{policy}}}""")).Status);
    }

    protected static async Task SubscribeAsync(ZaqarDoor door, string subscriber, string options = "{}") =>
        Assert.Equal(201, (await door.Client.PostAsync("/v2/queues/q/subscriptions", $$"""{"subscriber":"{{subscriber}}","options":{{options}}}""")).Status);
}
