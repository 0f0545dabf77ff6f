using System.Text.RegularExpressions;
using Mesh.Engine.Tests.Streams;
using Xunit;

namespace Mesh.Engine.Tests.Partitions;

/// <summary>A partition against <see cref="StreamModel"/>, by random operations with restarts and storage faults among them.</summary>
public sealed class RandomPartitionTests
{
    private static readonly StreamName Name = StreamName.Partition("events");

    public static TheoryData<int, string> Seeds() => LogRun.Seeds(12);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_subscription_is_a_filter_over_a_plain_list(int seed, string retention)
    {
        await using var run = new Run(seed, retention);
        await run.PlayAsync(Name, 300);
    }

    private sealed class Run(int seed, string retention) : LogRun(seed, retention, hasIds: false)
    {
        private static readonly string[] Topics = ["a", "ab", "b", "c.a", "c.b", ""];
        private static readonly string?[] Patterns = [null, @"\A(?:a)", @"\A(?:a|b)\z", @"\A(?:c\.)", @"\A\z", "b"];

        protected override IStreamLog LogOf(IMesh mesh) => mesh.Partition(Name);

        protected override string NewKey() => Topics[Random.Next(Topics.Length)];

        protected override async Task StepOfKindAsync()
        {
            var pattern = Patterns[Random.Next(Patterns.Length)];
            var depth = Random.Next(3) == 0 ? 0 : Random.Next(1, 8);
            bool Wants(StreamModel.Expected record) => pattern is null || Regex.IsMatch(record.Draft.Key, pattern, RegexOptions.CultureInvariant);
            var history = Model.Kept().Where(Wants).GroupBy(record => record.Draft.Key).SelectMany(topic => topic.TakeLast(depth)).Select(record => record.Sequence).Order();
            var subscription = new Follower(
                cancel => Mesh.Partition(Name).SubscribeAsync(new TopicFilter(pattern), depth, cancel), Model, Wants, Model.High + 1, history);

            // From its first page on nothing is missed.
            await subscription.ReadPageAsync();
            await AddAsync(subscription);
        }
    }
}
