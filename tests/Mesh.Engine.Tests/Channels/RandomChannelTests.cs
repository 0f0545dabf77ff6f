using Mesh.Engine.Tests.Streams;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Channels;

/// <summary>A tree of channels against <see cref="StreamModel"/>, by random operations with restarts and storage faults among them.</summary>
public sealed class RandomChannelTests
{
    private static readonly StreamName Name = StreamName.Channel("tree");

    public static TheoryData<int, string> Seeds() => LogRun.Seeds(12);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_read_by_path_is_a_filter_over_a_plain_list(int seed, string retention)
    {
        await using var run = new Run(seed, retention);
        await run.PlayAsync(Name, 300);
    }

    private sealed class Run(int seed, string retention) : LogRun(seed, retention, hasIds: false)
    {
        /// <summary>Paths that look alike: neighbours whose names begin the same, and slashes at odd places.</summary>
        private static readonly string[] Paths = ["", "/", "//", "/b", "/b/", "/b//c", "/b/c", "/b/c/d", "/bc", "/c", "/c/b"];

        private IChannel Channel => Mesh.Channel(Name);

        protected override IStreamLog LogOf(IMesh mesh) => mesh.Channel(Name);

        protected override string NewKey() => Paths[Random.Next(Paths.Length)];

        protected override Task StepOfKindAsync() => Random.Next(3) == 0 ? PollAsync() : ReadOnceAsync();

        private ChannelQuery NewQuery() => new()
        {
            Path = NewKey(),
            Scope = (ChannelScope)Random.Next(3),
            After = Model.High == 0 || Random.Next(2) == 0 ? RecordTime.None : Model.At(Random.NextInt64(1, Model.High + 1)).Time.Plus(Random.Next(-1, 2)),
            RecordsMax = Random.Next(1, 30),
            ExceptProducer = Random.Next(3) switch { 0 => "me", 1 => "", _ => null },
        };

        private async Task ReadOnceAsync()
        {
            var query = NewQuery() with { Descending = Random.Next(2) == 0 };
            var page = await Channel.ReadAsync(query);
            foreach (var record in page) Check(record);
            Assert.Equal(Expected(query).Take(query.RecordsMax), page.Sequences());
        }

        /// <summary>Small pages one after another, each from the time where the last one ended.</summary>
        private async Task PollAsync()
        {
            var query = NewQuery() with { BytesMax = Random.Next(1, 1500) };
            var expected = Expected(query);
            var found = new List<long>();
            for (var last = query.After; ;)
            {
                var page = await Channel.ReadAsync(query with { After = last });
                Assert.InRange(page.Count, 0, query.RecordsMax);
                if (page.Count == 0) break;
                found.AddRange(page.Sequences());
                Assert.InRange(found.Count, 0, expected.Count);
                foreach (var record in page) last = record.Time;
            }

            Assert.Equal(expected, found);
        }

        private List<long> Expected(ChannelQuery query)
        {
            var found = Model.Kept()
                .Where(record => record.Time > query.After && IsWithin(query.Scope, query.Path, record.Draft.Key) && record.Draft.Producer != query.ExceptProducer)
                .Select(record => record.Sequence).ToList();
            if (query.Descending) found.Reverse();
            return found;
        }

        private static bool IsWithin(ChannelScope scope, string path, string key) => key == path || scope switch
        {
            ChannelScope.Descendants => key.StartsWith(path + "/", StringComparison.Ordinal),
            ChannelScope.Parents => (path.EndsWith('/') ? path[..^1] : path).StartsWith(key + "/", StringComparison.Ordinal),
            _ => false,
        };
    }
}
