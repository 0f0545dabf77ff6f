using Mesh.Testing;
using Mesh.Testing.Postgres;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>What publishers and subscribers see of rules that give topics partitions of their own. The door has <see cref="Rules"/>.</summary>
public abstract class RulesContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    /// <summary>None of them takes a topic of the other suites.</summary>
    public static readonly string[] Rules = ["shared:rules/shared/", "own-{topic}:rules/own/"];

    [ContractFact]
    public async Task Each_event_of_one_publish_call_goes_to_its_topics_home()
    {
        await Door.PublishAsync("rules/own/b", "rules/shared/1", "rules/own/b", "plain", "rules/shared/2");
        Assert.Equal(2, (await Door.Mesh.Partition(StreamName.Partition("own-rules/own/b")).StateAsync()).Length);
        Assert.Equal(2, (await Door.Mesh.Partition(StreamName.Partition("shared")).StateAsync()).Length);
        Assert.Equal(1, (await Door.Events.StateAsync()).Length);
    }

    [ContractFact]
    public async Task Every_event_published_after_the_headers_is_delivered_though_its_partition_is_new()
    {
        using var subscriber = await Door.SubscribeAsync(["rules/own/new"]);
        string[] topics = [.. Enumerable.Range(0, 40).Select(i => $"rules/own/new{Guid.NewGuid():N}")];
        foreach (var topic in topics) await Door.PublishAsync(topic, "rules/own/other", topic);
        Assert.Equal(topics.Concat(topics).Order(), (await subscriber.TopicsAsync(2 * topics.Length)).Order());
    }

    [ContractFact]
    public async Task History_is_the_last_events_of_each_matching_topic_of_all_partitions_and_then_come_the_live_ones()
    {
        await Door.PublishAsync("rules/own/1", "rules/own/1", "rules/own/1", "rules/own/2", "rules/shared/a", "rules/shared/b", "else");
        using var subscriber = await Door.SubscribeAsync(["rules/"], historyDepth: 2);
        await Door.PublishAsync("rules/own/2", "rules/own/3");
        var seen = await subscriber.TopicsAsync(7);
        Assert.Equal(["rules/own/1", "rules/own/1", "rules/own/2", "rules/shared/a", "rules/shared/b"], seen[..5].Order());
        Assert.Equal(["rules/own/2", "rules/own/3"], seen[5..].Order());
    }

    [ContractTheory]
    [InlineData("rules/own/a/b")]
    [InlineData("rules/own/../../../x")]
    [InlineData("rules/own/nul\0")]
    public async Task Any_topic_can_be_stored_and_others_go_on(string topic)
    {
        using var subscriber = await Door.SubscribeAsync(["rules/"]);
        await Door.PublishAsync(topic, "rules/own/fine");
        Assert.Equal(((string[])[topic, "rules/own/fine"]).Order(), (await subscriber.TopicsAsync(2)).Order());
    }

    [ContractFact]
    public async Task A_publisher_that_goes_on_for_many_topics_keeps_the_order_within_each()
    {
        const int Topics = 30;
        const int Each = 30;
        using var subscriber = await Door.SubscribeAsync(["rules/"]);
        string[] published = [.. Enumerable.Range(0, Topics * Each).Select(i => $"rules/own/{i % Topics}")];
        await Door.PublishAsync([.. published.Select((topic, i) => new EncapsulatedEvent { Topic = topic, Tags = { ["n"] = $"{i / Topics}" } })]);
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < published.Length; i++)
        {
            var delivered = await subscriber.NextAsync();
            Assert.Equal($"{seen.GetValueOrDefault(delivered.Topic)}", delivered.Tags["n"]);
            seen[delivered.Topic] = seen.GetValueOrDefault(delivered.Topic) + 1;
        }
    }
}
