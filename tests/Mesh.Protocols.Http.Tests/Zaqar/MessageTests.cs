using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Posting, reading and deleting messages, and what the clock does to them.</summary>
public sealed class MessageTests() : MessageContract(ZaqarServer.OpenAsync)
{
    private ManualClock Clock => ((ZaqarServer)Door).Clock;

    [Fact]
    public async Task A_message_is_gone_when_its_life_is_over()
    {
        var path = (await Client.PostNumbersAsync("q", 1, ttl: 60))[0];
        Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(59, (await Client.GetAsync(path)).Json().GetProperty("age").GetInt32());
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, (await Client.GetAsync(path)).Status);
        Assert.Empty((await Client.GetAsync("/v2/queues/q/messages?echo=true")).Messages());
    }

    [Fact]
    public async Task A_delayed_message_is_hidden_until_it_is_due()
    {
        await Client.PutAsync("/v2/queues/q", """{"_default_message_delay":5}""");
        await Client.PostMessagesAsync("q", """{"ttl":300,"body":"default"},{"ttl":300,"body":"own","delay":10}""");
        Assert.Empty((await Client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies());
        Assert.Equal(2, (await Client.GetAsync("/v2/queues/q/messages?echo=true&include_delayed=true")).Bodies().Length);
        Assert.Equal(204, (await Client.PostAsync("/v2/queues/q/claims")).Status);
        Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["\"default\""], (await Client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies());
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, (await Client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies().Length);
        Assert.Equal(400, (await Client.PostAsync("/v2/queues/q/messages", """{"messages":[{"ttl":300,"body":1,"delay":901}]}""")).Status);
    }
}
