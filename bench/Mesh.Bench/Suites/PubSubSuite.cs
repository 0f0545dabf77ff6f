using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Suites;

/// <summary>Pub/sub over RESP: Redis, Garnet where it is installed, and Mesh in turns.</summary>
internal static class PubSubSuite
{
    private static readonly string Payload = new('x', 64);

    /// <summary>PUBLISH without subscribers by redis-benchmark, beside a bare connection handler.</summary>
    public static async Task PublishAsync(BenchOptions options)
    {
        await using var servers = await StartAsync(withBare: true);
        var table = new Table("PUBLISH, no subscriber, 64 bytes, 50 clients (redis-benchmark), requests/s", ["pipeline", .. servers.Columns]);
        foreach (var (pipeline, requests) in new[] { (1, 300_000L), (32, 4_000_000L) })
        {
            var count = (long)(requests * options.Scale);
            await SideBySide.RunAsync(table, $"-P {pipeline}", options.Runs, servers.Each(
                server => RedisBenchmark.RunAsync(server.EndPoint, 50, pipeline, count, "PUBLISH", "room", Payload)));
        }
    }

    /// <summary>One publisher, many subscribers; and many small rooms.</summary>
    public static async Task FanOutAsync(BenchOptions options)
    {
        await using var servers = await StartAsync(withBare: false);
        var table = new Table("Fan-out, 64 bytes, 32 in flight a publisher, delivered messages/s", ["load", .. servers.Columns]);
        (string Name, PubSubLoad Load)[] loads =
        [
            ("1 publisher × 1 subscriber", new PubSubLoad(1, 1, 1, 32)),
            ("1 publisher × 10 subscribers", new PubSubLoad(1, 10, 1, 32)),
            ("1 publisher × 100 subscribers", new PubSubLoad(1, 100, 1, 32)),
            ("4 publishers × 1 subscriber", new PubSubLoad(1, 1, 4, 32)),
            ("1,000 rooms × 2 subscribers, 1 publisher", new PubSubLoad(1000, 2, 1, 32)),
            ("1,000 rooms × 2 subscribers, 4 publishers", new PubSubLoad(1000, 2, 4, 32)),
        ];
        foreach (var (name, load) in loads) await SideBySide.RunAsync(table, name, options.Runs, servers.Each(server => load.RunAsync(server.EndPoint, options.Duration)));
    }

    /// <summary>Publish to receive with one message outstanding, with cores that may sleep and with cores kept awake.</summary>
    public static async Task LatencyAsync(BenchOptions options)
    {
        await using var servers = await StartAsync(withBare: false);
        var table = new Table("Publish to receive, one outstanding, microseconds (less is better)", ["cores", "percentile", .. servers.Columns]);
        MeasureLatency(table, "may sleep", options, servers);
        using var awake = new AwakeCores();
        MeasureLatency(table, "kept awake", options, servers);
    }

    private static void MeasureLatency(Table table, string cores, BenchOptions options, Peers servers)
    {
        var messages = (int)(20_000 * options.Scale);
        var measured = servers.All.Select(_ => new List<(double Median, double Percentile99)>()).ToArray();
        for (var run = 0; run < options.Runs; run++)
            for (var i = 0; i < measured.Length; i++) measured[i].Add(Latency.Run(servers.All[i].EndPoint, messages));

        Row("p50", each => each.Median);
        Row("p99", each => each.Percentile99);

        void Row(string percentile, Func<(double Median, double Percentile99), double> pick)
        {
            var samples = measured.Select(each => new Samples([.. each.Select(pick)])).ToArray();
            table.Row([cores, percentile, .. SideBySide.Cells(samples)]);
        }
    }

    private static async Task<Peers> StartAsync(bool withBare)
    {
        List<(string Name, ServerProcess Server)> started = [("Redis", await ServerProcess.RedisAsync(durable: false))];
        if (withBare) started.Add(("bare handler", await ServerProcess.BareAsync()));
        if (await ServerProcess.TryGarnetAsync() is { } garnet) started.Add(("Garnet", garnet));
        started.Add(("Mesh", await ServerProcess.MeshAsync()));
        return new Peers(started);
    }

    /// <summary>Servers that are compared; the first is what the others are measured by.</summary>
    private sealed class Peers(IReadOnlyList<(string Name, ServerProcess Server)> started) : IAsyncDisposable
    {
        public IReadOnlyList<ServerProcess> All { get; } = [.. started.Select(each => each.Server)];

        /// <summary>One for each server, then one for each ratio.</summary>
        public IEnumerable<string> Columns => [.. started.Select(each => each.Name), .. started.Skip(1).Select(each => $"{each.Name} / {started[0].Name}")];

        public Func<Task<double>>[] Each(Func<ServerProcess, Task<double>> measure) => [.. All.Select<ServerProcess, Func<Task<double>>>(server => () => measure(server))];

        public async ValueTask DisposeAsync()
        {
            foreach (var server in All) await server.DisposeAsync();
        }
    }
}
