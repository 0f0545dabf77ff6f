using System.Collections.Concurrent;
using System.Text;
using Mesh.Frames;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Topics;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What topics promise over all partitions that rules give them.</summary>
public abstract class TopicsContract : MeshContract
{
    private static readonly TopicHomes Rules = Homes("all:shared/", "own-{topic}:own/");

    [ContractFact]
    public async Task The_first_rule_that_matches_is_a_topics_home_and_what_none_matches_goes_to_events()
    {
        var topics = new TopicPartitions(Mesh, Homes("ab:ab", "a-{topic}:a", "late:ab"));
        foreach (var topic in (string[])["abc", "ax", "abd", "b"]) await PublishAsync(topics, topic, topic);
        Assert.Equal(["abc", "abd"], await BodiesAsync("ab"));
        Assert.Equal(["ax"], await BodiesAsync("a-ax"));
        Assert.Equal(["b"], await BodiesAsync("events"));
        Assert.Empty(await BodiesAsync("late"));
    }

    [ContractFact]
    public async Task Partitions_that_appear_while_a_subscription_lives_are_part_of_it_from_their_first_record()
    {
        var publishing = new TopicPartitions(Mesh, Rules); // as another process has it
        await using var subscription = await SubscribeAsync(new TopicPartitions(Mesh, Rules), @"\Aown/");
        for (var i = 0; i < 30; i++)
        {
            await PublishAsync(publishing, $"own/{i}", $"first of {i}");
            await PublishAsync(publishing, $"other/{i}", "no");
            await PublishAsync(publishing, $"own/{i}", $"second of {i}");
        }

        var seen = await TakeAsync(subscription, 60);
        Assert.Equal(Enumerable.Range(0, 30).SelectMany(i => (string[])[$"first of {i}", $"second of {i}"]).Order(), seen.Order());
        Assert.All(Enumerable.Range(0, 30), i => Assert.True(seen.IndexOf($"first of {i}") < seen.IndexOf($"second of {i}")));
    }

    [ContractFact]
    public async Task Every_record_published_after_the_first_page_comes_once_however_many_partitions_are_made_meanwhile()
    {
        const int Topics = 20;
        const int Each = 20;
        var topics = new TopicPartitions(Mesh, Rules);
        var published = new ConcurrentQueue<string>();
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < Topics * Each; i++)
            {
                var body = $"{i % Topics}:{i / Topics}";
                await PublishAsync(topics, $"own/{i % Topics}", body);
                published.Enqueue(body);
            }
        });
        while (published.Count < Topics * Each / 3) await Task.Yield();
        await using var subscription = await SubscribeAsync(topics, null, new TopicStart { HistoryDepth = Each });
        var seen = await TakeAsync(subscription, Topics * Each);
        await publishing;
        foreach (var topic in Enumerable.Range(0, Topics))
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{topic}:{i}"), seen.Where(body => body.StartsWith($"{topic}:", StringComparison.Ordinal)));
    }

    [ContractFact]
    public async Task History_is_that_of_every_partition_also_of_rules_that_are_no_more()
    {
        await PublishAsync(new TopicPartitions(Mesh, Rules), "own/1", "1", "2", "3");
        await PublishAsync(new TopicPartitions(Mesh, Rules), "shared/1", "4");
        await RestartAsync();
        await using var subscription = await SubscribeAsync(new TopicPartitions(Mesh, TopicHomes.Default), null, new TopicStart { HistoryDepth = 2 });
        await PublishAsync(new TopicPartitions(Mesh, TopicHomes.Default), "own/1", "live");
        Assert.Equal(["2", "3", "4", "live"], (await TakeAsync(subscription, 4)).Order());
    }

    [ContractTheory]
    [InlineData(1, new[] { "stays 1", "new 2" })]
    [InlineData(3, new[] { "stays 1", "old 3", "new 1", "new 2" })]
    [InlineData(1000, new[] { "stays 1", "old 1", "old 2", "old 3", "new 1", "new 2" })]
    public async Task History_of_a_topic_that_has_moved_is_no_deeper_and_its_oldest_records_are_left_out(int depth, string[] expected)
    {
        var before = new TopicPartitions(Mesh, TopicHomes.Default);
        await PublishAsync(before, "stays", "stays 1");
        await PublishAsync(before, "own/1", "old 1", "old 2", "old 3");
        var after = new TopicPartitions(Mesh, Rules);
        await PublishAsync(after, "own/1", "new 1", "new 2");
        await using var subscription = await SubscribeAsync(after, null, new TopicStart { HistoryDepth = depth });
        await PublishAsync(after, "own/1", "live");
        Assert.Equal([.. expected, "live"], await TakeAsync(subscription, expected.Length + 1));
    }

    [ContractFact]
    public async Task A_subscription_begins_at_a_sequence_a_time_or_at_positions()
    {
        var topics = new TopicPartitions(Mesh, Rules);
        await PublishAsync(topics, "own/1", "a1", "a2", "a3");
        Clock.Advance(TimeSpan.FromSeconds(10));
        var time = RecordTime.From(Clock.GetUtcNow());
        await PublishAsync(topics, "shared/", "s1", "s2");
        await PublishAsync(topics, "else", "e1");
        await using var bySequence = await SubscribeAsync(topics, null, new TopicStart { From = new Sequence(2) });
        Assert.Equal(["a2", "a3", "s2"], (await TakeAsync(bySequence, 3)).Order());
        await using var byTime = await SubscribeAsync(topics, null, new TopicStart { FromTime = time });
        Assert.Equal(["e1", "s1", "s2"], (await TakeAsync(byTime, 3)).Order());
        var positions = new Dictionary<StreamName, Sequence> { [StreamName.Partition("own-own/1")] = new(3), [StreamName.Partition("all")] = new(3) };
        await using var byPosition = await SubscribeAsync(topics, null, new TopicStart { Positions = positions });
        Assert.Equal(["a3", "e1"], (await TakeAsync(byPosition, 2)).Order());
    }

    [ContractFact]
    public async Task A_partition_that_is_deleted_is_made_again_with_what_its_rule_keeps()
    {
        var keeping = new TopicPartitions(Mesh, new TopicHomes([PartitionRule.Parse("all:").Keeping(new StreamOptions { RetentionCount = 2 })]));
        for (var round = 0; round < 2; round++)
        {
            await PublishAsync(keeping, "t", "1", "2", "3");
            Assert.Equal(["2", "3"], await BodiesAsync("all"));
            await Mesh.Catalogue.DeleteAsync(StreamName.Partition("all"));
        }
    }

    [ContractFact]
    public async Task Rotation_by_day_takes_whole_days_at_its_time_of_the_day()
    {
        var topics = Keeping("all:rotate=02:00,keep=1");
        Clock.Advance(Clock.GetUtcNow().Date.AddDays(1).AddHours(1) - Clock.GetUtcNow().UtcDateTime); // one in the morning: the day that began yesterday at two
        await PublishAsync(topics, "t", "first day");
        Clock.Advance(TimeSpan.FromHours(2));
        await PublishAsync(topics, "t", "second day");
        Assert.Equal(["first day", "second day"], await BodiesAsync("all"));
        Clock.Advance(TimeSpan.FromHours(22));
        Assert.Equal(["first day", "second day"], await BodiesAsync("all"));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["second day"], await BodiesAsync("all"));
        await PublishAsync(topics, "t", "third day");
        Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(["third day"], await BodiesAsync("all"));
    }

    [ContractFact]
    public async Task Rotation_by_size_takes_a_full_part_at_once()
    {
        var topics = Keeping("all:rotate=100K,keep=1");
        var counts = new List<int>();
        for (var i = 0; i < 60; i++)
        {
            await PublishAsync(topics, "t", new string('x', 10_000)); // ten to a part
            counts.Add((await BodiesAsync("all")).Count);
        }

        Assert.Equal(20, counts.Max());
        Assert.Equal(10, counts[20..].Min());
        Assert.Equal(4, counts.Zip(counts.Skip(1)).Count(pair => pair.Second < pair.First));
    }

    [ContractFact]
    public async Task What_a_partition_keeps_follows_its_rule_also_when_that_has_changed()
    {
        await PublishAsync(Keeping("all:count=3"), "t", "1", "2", "3", "4");
        Assert.Equal(["2", "3", "4"], await BodiesAsync("all"));
        await PublishAsync(Keeping("all:age=1h,count=2"), "t", "5");
        Assert.Equal(["4", "5"], await BodiesAsync("all"));
        Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Empty(await BodiesAsync("all"));
    }

    [ContractFact]
    public async Task The_partition_of_topics_without_a_rule_can_keep_something_too()
    {
        var topics = new TopicPartitions(Mesh, new TopicHomes([], [PartitionKeep.Parse("events:count=1")]));
        await PublishAsync(topics, "t", "1", "2");
        Assert.Equal(["2"], await BodiesAsync("events"));
    }

    [ContractFact]
    public async Task A_subscriber_that_takes_nothing_holds_up_nobody_and_gets_all_later()
    {
        const int Pages = 50;
        var topics = new TopicPartitions(Mesh, Rules);
        await using var slow = await SubscribeAsync(topics, null);
        for (var i = 0; i < Pages; i++)
        {
            await PublishAsync(topics, "own/1", $"a{i}");
            await PublishAsync(topics, "shared/", $"b{i}");
        }

        var seen = await TakeAsync(slow, 2 * Pages);
        foreach (var each in (string[])["a", "b"])
            Assert.Equal(Enumerable.Range(0, Pages).Select(i => $"{each}{i}"), seen.Where(body => body.StartsWith(each, StringComparison.Ordinal)));
    }

    [ContractFact]
    public async Task What_retention_takes_from_a_slow_subscriber_is_told()
    {
        var topics = new TopicPartitions(Mesh, new TopicHomes([PartitionRule.Parse("all:").Keeping(new StreamOptions { RetentionCount = 10 })]));
        await PublishAsync(topics, "t", "0");
        await using var slow = await SubscribeAsync(topics, null);
        for (var i = 0; i < 200; i++) await PublishAsync(topics, "t", $"{i}");
        long missed = 0;
        var records = 0;
        while (missed + records < 200)
        {
            await MoveNextAsync(slow);
            missed += slow.Current.Missed;
            records += slow.Current.Page.Count;
        }

        Assert.Equal(200, missed + records);
        Assert.True(missed > 0, "nothing was missed");
    }

    private TopicPartitions Keeping(string keep) => new(Mesh, new TopicHomes([PartitionRule.Parse("all:")], [PartitionKeep.Parse(keep)]));

    private static TopicHomes Homes(params string[] rules) => new([.. rules.Select(PartitionRule.Parse)]);

    private static async Task PublishAsync(TopicPartitions topics, string topic, params string[] bodies)
    {
        using var segment = new SegmentWriter();
        foreach (var body in bodies) segment.Add(new RecordFields { Key = Encoding.UTF8.GetBytes(topic), ContentType = ContentType.Text }, Encoding.UTF8.GetBytes(body));
        Assert.IsType<AppendResult.Appended>(await topics.AppendAsync(topics.Homes.HomeOf(topic), segment.Finish()));
    }

    private static async Task<IAsyncEnumerator<TopicPage>> SubscribeAsync(TopicPartitions topics, string? pattern, TopicStart? start = null)
    {
        var subscription = topics.SubscribeAsync(new TopicFilter(pattern), start ?? TopicStart.Live).GetAsyncEnumerator();
        await MoveNextAsync(subscription);
        Assert.Equal(0, subscription.Current.Page.Count);
        return subscription;
    }

    private static async Task MoveNextAsync(IAsyncEnumerator<TopicPage> subscription) =>
        Assert.True(await subscription.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));

    private static async Task<List<string>> TakeAsync(IAsyncEnumerator<TopicPage> subscription, int records)
    {
        var bodies = new List<string>();
        while (bodies.Count < records)
        {
            await MoveNextAsync(subscription);
            bodies.AddRange(subscription.Current.Page.Bodies());
        }

        return bodies;
    }

    private async Task<List<string>> BodiesAsync(string partition) => [.. (await Mesh.Partition(StreamName.Partition(partition)).ReadAsync(new ReadQuery())).Bodies()];
}
