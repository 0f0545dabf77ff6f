using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Suites;

/// <summary>Pub/sub over RESP: Redis and Mesh in turns.</summary>
internal static class PubSubSuite
{
    private static readonly string Payload = new('x', 64);

    /// <summary>PUBLISH without subscribers by redis-benchmark, beside a bare connection handler.</summary>
    public static async Task PublishAsync(BenchOptions options)
    {
        await using var redis = await ServerProcess.RedisAsync(durable: false);
        await using var bare = await ServerProcess.BareAsync();
        await using var mesh = await ServerProcess.MeshAsync();
        var table = new Table("PUBLISH, no subscriber, 64 bytes, 50 clients (redis-benchmark), requests/s", "pipeline", "Redis", "bare handler", "Mesh", "bare / Redis", "Mesh / Redis");
        foreach (var (pipeline, requests) in new[] { (1, 300_000L), (32, 4_000_000L) })
        {
            var count = (long)(requests * options.Scale);
            await SideBySide.RunAsync(table, $"-P {pipeline}", options.Runs, [.. new[] { redis, bare, mesh }.Select<ServerProcess, Func<Task<double>>>(
                server => () => RedisBenchmark.RunAsync(server.EndPoint, 50, pipeline, count, "PUBLISH", "room", Payload))]);
        }
    }

    /// <summary>One publisher, many subscribers; and many small rooms.</summary>
    public static async Task FanOutAsync(BenchOptions options)
    {
        await using var redis = await ServerProcess.RedisAsync(durable: false);
        await using var mesh = await ServerProcess.MeshAsync();
        var table = new Table("Fan-out, 64 bytes, 32 in flight a publisher, delivered messages/s", "load", "Redis", "Mesh", "Mesh / Redis");
        (string Name, PubSubLoad Load)[] loads =
        [
            ("1 publisher × 1 subscriber", new PubSubLoad(1, 1, 1, 32)),
            ("1 publisher × 10 subscribers", new PubSubLoad(1, 10, 1, 32)),
            ("1 publisher × 100 subscribers", new PubSubLoad(1, 100, 1, 32)),
            ("4 publishers × 1 subscriber", new PubSubLoad(1, 1, 4, 32)),
            ("1,000 rooms × 2 subscribers, 1 publisher", new PubSubLoad(1000, 2, 1, 32)),
            ("1,000 rooms × 2 subscribers, 4 publishers", new PubSubLoad(1000, 2, 4, 32)),
        ];
        foreach (var (name, load) in loads)
            await SideBySide.RunAsync(table, name, options.Runs, () => load.RunAsync(redis.EndPoint, options.Duration), () => load.RunAsync(mesh.EndPoint, options.Duration));
    }

    /// <summary>Publish to receive with one message outstanding, with cores that may sleep and with cores kept awake.</summary>
    public static async Task LatencyAsync(BenchOptions options)
    {
        await using var redis = await ServerProcess.RedisAsync(durable: false);
        await using var mesh = await ServerProcess.MeshAsync();
        var table = new Table("Publish to receive, one outstanding, microseconds (less is better)", "cores", "percentile", "Redis", "Mesh", "Mesh / Redis");
        MeasureLatency(table, "may sleep", options, redis, mesh);
        using var awake = new AwakeCores();
        MeasureLatency(table, "kept awake", options, redis, mesh);
    }

    private static void MeasureLatency(Table table, string cores, BenchOptions options, ServerProcess redis, ServerProcess mesh)
    {
        var messages = (int)(20_000 * options.Scale);
        List<(double Median, double Percentile99)> its = [], ours = [];
        for (var run = 0; run < options.Runs; run++)
        {
            its.Add(Latency.Run(redis.EndPoint, messages));
            ours.Add(Latency.Run(mesh.EndPoint, messages));
        }

        Row("p50", each => each.Median);
        Row("p99", each => each.Percentile99);

        void Row(string percentile, Func<(double Median, double Percentile99), double> pick)
        {
            var (peer, mine) = (new Samples([.. its.Select(pick)]), new Samples([.. ours.Select(pick)]));
            table.Row(cores, percentile, peer.ToString(), mine.ToString(), mine.Against(peer).ToString());
        }
    }
}
