using System.Text;
using Mesh.Topics;
using Xunit;

namespace Mesh.Tests.Topics;

public sealed class TopicHomesTests
{
    [Fact]
    public void Without_rules_every_topic_is_at_home_in_events()
    {
        Assert.True(TopicHomes.Default.AreOne);
        Assert.Equal(StreamName.Partition("events"), TopicHomes.Default.HomeOf("a/b").Partition);
    }

    [Theory]
    [InlineData("bx", "all")]
    [InlineData("by", "all")]
    [InlineData("cx", "c-cx-cx")]
    [InlineData("", "events")]
    [InlineData("xb", "events")]
    public void The_first_rule_that_matches_from_the_start_of_the_topic_counts(string topic, string partition)
    {
        var homes = new TopicHomes([PartitionRule.Parse("all:b"), PartitionRule.Parse("b-{topic}:b"), PartitionRule.Parse("c-{topic}-{topic}:c")]);
        Assert.Equal(StreamName.Partition(partition), homes.HomeOf(topic).Partition);
        Assert.Equal(homes.HomeOf(topic), new TopicHomeCache(homes).HomeOf(Encoding.UTF8.GetBytes(topic)));
    }

    [Theory]
    [InlineData("no colon", "joined by a colon")]
    [InlineData(":.*", "a prefix before the colon")]
    [InlineData("a\u0001:.*", "without control characters")]
    [InlineData("a:(", "'(' cannot be used")]
    [InlineData(@"a:(b)\1", "back reference")]
    [InlineData("{topic}{topic}{topic}{topic}{topic}{topic}{topic}{topic}:.*", "a few times at most")]
    public void A_rule_that_cannot_be_followed_says_why(string rule, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => PartitionRule.Parse(rule)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_follows_the_first_colon_is_the_expression()
    {
        var rule = PartitionRule.Parse("colons:(?:a:b)+");
        Assert.True(rule.Matches("a:ba:b"));
        Assert.Equal("colons", rule.HomeOf("a:b").Partition.Name);
    }

    [Theory]
    [InlineData("nul\0")]
    [InlineData("../../etc/passwd")]
    public void Any_topic_makes_a_name_that_a_store_takes(string topic)
    {
        var name = PartitionRule.Parse("t-{topic}:.*").HomeOf(topic).Partition.Name;
        Assert.DoesNotContain('\0', name);
        Assert.StartsWith("t-", name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_topic_is_named_by_its_hash_and_two_of_them_differ()
    {
        var rule = PartitionRule.Parse("t-{topic}:.*");
        var names = Enumerable.Range(0, 2).Select(i => rule.HomeOf(new string('x', 4000) + i).Partition.Name).ToArray();
        Assert.All(names, name => Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, PartitionRule.NameBytesMax));
        Assert.NotEqual(names[0], names[1]);
    }

    [Fact]
    public void What_partitions_keep_is_said_in_words()
    {
        var keep = PartitionKeep.Parse("m-{topic}:age=7d,count=5,size=2G,rotate=02:30,rotate=10M,keep=3");
        Assert.Equal("m-{topic}", keep.Prefix);
        Assert.Equal(
            new StreamOptions
            {
                RetentionAge = TimeSpan.FromDays(7),
                RetentionCount = 5,
                RetentionBytes = 2L << 30,
                RotationAt = new TimeSpan(2, 30, 0),
                RotationBytes = 10 << 20,
                RotationsKept = 3,
            },
            keep.Options);
        Assert.Equal(keep.Options, StreamOptions.FromJson(keep.Options.ToJson()));
    }

    [Theory]
    [InlineData("age=1d", "the prefix of a rule")]
    [InlineData("a:", "'' is none of age=")]
    [InlineData("a:ages=1d", "'ages=1d' is none of age=")]
    [InlineData("a:age=7", "such as 7d")]
    [InlineData("a:age=0d", "from 1 to 36500")]
    [InlineData("a:count=-1", "it is '-1'")]
    [InlineData("a:size=99999999999G", "whole number from 1 to")]
    [InlineData("a:rotate=24:00,keep=1", "such as 02:00")]
    [InlineData("a:rotate=1G", "needed together")]
    [InlineData("a:keep=1", "needed together")]
    public void What_cannot_be_kept_is_named(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => PartitionKeep.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_prefix_that_no_rule_has_keeps_nothing() =>
        Assert.Contains("No rule of partitions has the prefix b; a, events", Assert.Throws<ArgumentException>(() => new TopicHomes([PartitionRule.Parse("a:")], [PartitionKeep.Parse("b:count=1")])).Message, StringComparison.Ordinal);
}
