using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Suites;

/// <summary>Consumer groups and ranges over RESP: Redis that syncs each write, and Mesh, in turns, on the same stream.</summary>
internal static class GroupSuite
{
    private const long Entries = 200_000;

    public static async Task RunAsync(BenchOptions options)
    {
        await using var redis = await ServerProcess.RedisAsync(durable: true);
        await using var mesh = await ServerProcess.MeshAsync();
        ServerProcess[] servers = [redis, mesh];
        var entries = Math.Max(1000, (long)(Entries * options.Scale));
        foreach (var server in servers) await RedisBenchmark.RunAsync(server.EndPoint, 50, 16, entries, "XADD", GroupLoad.Key, "*", "field", new string('x', 100));

        var groups = new Table("XREADGROUP and XACK, 50 consumers of one group, durable (Redis with appendfsync always), entries/s", "load", "Redis", "Mesh", "Mesh / Redis");
        foreach (var count in new[] { 1, 10, 100 })
        {
            await SideBySide.RunAsync(groups, $"COUNT {count}", options.Runs, [.. servers.Select<ServerProcess, Func<Task<double>>>(
                server => () => new GroupLoad(50, count).RunAsync(server.EndPoint, options.Duration))]);
        }

        var ranges = new Table("XRANGE - + COUNT 100 of 100 bytes each (redis-benchmark), requests/s", "load", "Redis", "Mesh", "Mesh / Redis");
        foreach (var (clients, pipeline, requests) in new[] { (50, 1, 50_000L), (50, 16, 50_000L) })
        {
            var count = (long)(requests * options.Scale);
            await SideBySide.RunAsync(ranges, $"{clients} clients, -P {pipeline}", options.Runs, [.. servers.Select<ServerProcess, Func<Task<double>>>(
                server => () => RedisBenchmark.RunAsync(server.EndPoint, clients, pipeline, count, "XRANGE", GroupLoad.Key, "-", "+", "COUNT", "100"))]);
        }
    }
}
