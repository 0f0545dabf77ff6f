using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Suites;

/// <summary>Durable appends over RESP: Redis that syncs each write, and Mesh, in turns.</summary>
internal static class XaddSuite
{
    public static async Task RunAsync(BenchOptions options)
    {
        await using var redis = await ServerProcess.RedisAsync(durable: true);
        await using var mesh = await ServerProcess.MeshAsync();
        var table = new Table("XADD, 100 bytes, one stream, durable (redis-benchmark; Redis with appendfsync always), requests/s", "load", "Redis", "Mesh", "Mesh / Redis");
        foreach (var (clients, pipeline, requests) in new[] { (1, 1, 10_000L), (50, 1, 100_000L), (50, 16, 500_000L) })
        {
            var count = (long)(requests * options.Scale);
            await SideBySide.RunAsync(table, $"{clients} clients, -P {pipeline}", options.Runs, [.. new[] { redis, mesh }.Select<ServerProcess, Func<Task<double>>>(
                server => () => RedisBenchmark.RunAsync(server.EndPoint, clients, pipeline, count, "XADD", "ring", "*", "field", new string('x', 100)))]);
        }
    }
}
