using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What partitions promise beyond streams: subscriptions by topic, with history.</summary>
public abstract class PartitionContract : MeshContract
{
    private IPartition Partition => Mesh.Partition(StreamName.Partition("events"));

    [ContractFact]
    public async Task A_subscription_gets_what_is_published_after_its_first_page_came()
    {
        await PublishAsync("t", "before");
        await using var subscription = await SubscribeAsync("t", 0);
        await PublishAsync("t", "after");
        Assert.Equal(["after"], await TakeAsync(subscription, 1));
    }

    [ContractFact]
    public async Task Only_matching_topics_come_and_a_pattern_is_matched_from_the_start()
    {
        await using var subscription = await SubscribeAsync(@"\A(?:foo)", 0);
        await PublishAsync("xfoo", "no");
        await PublishAsync("foobar", "yes");
        await PublishAsync("fo", "no");
        await PublishAsync("foo", "too");
        Assert.Equal(["yes", "too"], await TakeAsync(subscription, 2));
    }

    [ContractFact]
    public async Task History_is_the_last_n_of_each_matching_topic_in_order_and_then_live()
    {
        for (var i = 0; i < 5; i++)
        {
            await PublishAsync("a", $"a{i}");
            await PublishAsync("b", $"b{i}");
            await PublishAsync("c", $"c{i}");
        }

        await using var subscription = await SubscribeAsync(@"\A(?:a|b)", 2);
        await PublishAsync("b", "live");
        Assert.Equal(["a3", "b3", "a4", "b4", "live"], await TakeAsync(subscription, 5));
    }

    [ContractFact]
    public async Task History_survives_a_restart()
    {
        for (var i = 0; i < 5; i++) await PublishAsync("a", $"a{i}");
        await RestartAsync();
        await using var subscription = await SubscribeAsync(null, 3);
        Assert.Equal(["a2", "a3", "a4"], await TakeAsync(subscription, 3));
    }

    [ContractFact]
    public async Task Between_history_and_live_there_is_no_gap_and_no_double_under_load()
    {
        const int Records = 400;
        var publisher = Task.Run(async () =>
        {
            for (var i = 0; i < Records; i++) await PublishAsync("t", $"{i}");
        });
        await Partition.WaitAsync(new Sequence(50), Timeout.InfiniteTimeSpan);
        await using var subscription = await SubscribeAsync("t", IPartition.HistoryDepthMax);
        Assert.Equal(Enumerable.Range(0, Records).Select(i => $"{i}"), await TakeAsync(subscription, Records));
        await publisher;
    }

    [ContractFact]
    public async Task A_pattern_that_cannot_be_matched_in_linear_time_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => SubscribeAsync(@"(a)\1", 0));
    }

    private async Task PublishAsync(string topic, string body) => await Partition.AppendAsync(Given.Keyed(topic, body));

    private async Task<IAsyncEnumerator<RecordPage>> SubscribeAsync(string? pattern, int depth)
    {
        var subscription = Partition.SubscribeAsync(new TopicFilter(pattern), depth).GetAsyncEnumerator();
        Assert.True(await subscription.MoveNextAsync());
        Assert.Equal(0, subscription.Current.Count);
        return subscription;
    }

    private static async Task<List<string>> TakeAsync(IAsyncEnumerator<RecordPage> subscription, int records)
    {
        var bodies = new List<string>();
        while (bodies.Count < records && await subscription.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60))) bodies.AddRange(subscription.Current.Bodies());
        return bodies;
    }
}
