using System.Net;
using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;
using Mesh.Testing.Postgres;

namespace Mesh.Bench.Suites;

/// <summary>Rooms of a cluster beside those of the embedded host. All on this machine, which they share.</summary>
internal static class ClusterRoomSuite
{
    public const string Name = "cluster-rooms";

    private const int WarmUpRequests = 20_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly string Payload = new('x', 100);

    public static async Task RunAsync(BenchOptions options)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var embedded = await ServerProcess.MeshAsync();
        await using var one = await ClusterProcesses.StartAsync(postgres, silos: 1, gateways: 1, "resp");
        await using var two = await ClusterProcesses.StartAsync(postgres, silos: 2, gateways: 2, "resp");
        ServerProcess[] servers = [embedded, one.Gateways[0], two.Gateways[0]];
        foreach (var server in servers) await WarmUpAsync(server);
        var table = new Table(
            "Rooms of the embedded host and of a cluster, a second", "load", "embedded", "gateway + 1 silo", "gateway + 2 silos", "1 silo / embedded", "2 silos / embedded");
        await RowAsync("PUBLISH, no subscriber, 50 clients", server => RedisAsync(server, 1, 40_000));
        await RowAsync("PUBLISH, no subscriber, 50 clients, -P 32", server => RedisAsync(server, 32, 800_000));
        foreach (var (publishers, subscribers) in new[] { (1, 1), (1, 10), (1, 100), (4, 1), (4, 10) })
            await RowAsync($"fan-out, {publishers} × {subscribers}: deliveries", server => new PubSubLoad(1, subscribers, publishers, 32).RunAsync(server.EndPoint, options.Duration));
        await RowAsync("fan-out, 100 rooms of 10, 1 publisher: deliveries", server => new PubSubLoad(100, 10, 1, 32).RunAsync(server.EndPoint, options.Duration));
        await SubscribeElsewhereAsync(options, two);

        Task RowAsync(string load, Func<ServerProcess, Task<double>> run) =>
            SideBySide.RunAsync(table, load, options.Runs, [.. servers.Select<ServerProcess, Func<Task<double>>>(server => () => run(server))]);

        Task<double> RedisAsync(ServerProcess server, int pipeline, long requests) =>
            RedisBenchmark.RunAsync(server.EndPoint, 50, pipeline, (long)(requests * options.Scale), "PUBLISH", "room", Payload);
    }

    private static async Task WarmUpAsync(ServerProcess server)
    {
        await RedisBenchmark.RunAsync(server.EndPoint, 50, 16, WarmUpRequests, "PUBLISH", "warm", Payload);
        await new PubSubLoad(1, 10, 1, 32).RunAsync(server.EndPoint, WarmUp);
    }

    /// <summary>Publisher and subscriber at one gateway, and at two.</summary>
    private static async Task SubscribeElsewhereAsync(BenchOptions options, ClusterProcesses cluster)
    {
        var (here, there) = (cluster.Gateways[0].EndPoint, cluster.Gateways[1].EndPoint);
        var table = new Table("A subscriber at another gateway, 2 silos", "load", "the same gateway", "another gateway", "another / the same");
        await RowAsync("publish to receive, one outstanding, p50, microseconds", subscribed => Task.FromResult(Latency.Run(here, subscribed, (int)(5_000 * options.Scale)).Median));
        await RowAsync("fan-out, 1 × 10: deliveries a second", subscribed => new PubSubLoad(1, 10, 1, 32).RunAsync(here, subscribed, options.Duration));

        Task RowAsync(string load, Func<IPEndPoint, Task<double>> run) => SideBySide.RunAsync(table, load, options.Runs, () => run(here), () => run(there));
    }
}
