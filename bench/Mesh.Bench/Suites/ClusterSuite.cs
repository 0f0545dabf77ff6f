using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;
using Mesh.Testing.Postgres;

namespace Mesh.Bench.Suites;

/// <summary>What a cluster costs beside the embedded host, and how soon it goes on without a silo. All on this machine, which they share.</summary>
internal static class ClusterSuite
{
    public const string Name = "cluster";

    private const int Kills = 5;
    private const int WarmUpRequests = 5_000;

    /// <summary>A ring that is answered no sooner was on the silo that died.</summary>
    private const int LostMillisMin = 500;

    private const string Doors = "resp,http,grpc";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly string Payload = new('x', 100);

    public static async Task RunAsync(BenchOptions options)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await CompareAsync(options, postgres);
        await using var cluster = await ClusterProcesses.StartAsync(postgres, silos: 2, gateways: 1, "resp");
        await FailOverAsync(options, cluster);
    }

    /// <summary>The same loads on the embedded host, over SQLite and over PostgreSQL, and through a gateway with one silo and with two.</summary>
    private static async Task CompareAsync(BenchOptions options, PostgresServer postgres)
    {
        await using var sqlite = await ServerProcess.MeshAsync(null, Doors);
        await using var embedded = await ServerProcess.MeshAsync(await postgres.CreateDatabaseAsync(), Doors);
        await using var one = await ClusterProcesses.StartAsync(postgres, silos: 1, gateways: 1, Doors);
        await using var two = await ClusterProcesses.StartAsync(postgres, silos: 2, gateways: 1, Doors);
        ServerProcess[] servers = [embedded, sqlite, one.Gateways[0], two.Gateways[0]];
        foreach (var server in servers) await WarmUpAsync(server);
        var table = new Table(
            "Embedded host and cluster, a second", "load", "embedded, PostgreSQL", "embedded, SQLite", "gateway + 1 silo", "gateway + 2 silos",
            "SQLite / PostgreSQL", "1 silo / embedded, PostgreSQL", "2 silos / embedded, PostgreSQL");
        await RowAsync("XADD, 100 bytes, one ring, 50 clients", server => RedisAsync(server, 1, 20_000, "XADD", "ring", "*", "field", Payload));
        await RowAsync("XADD, 100 bytes, one ring, 50 clients, -P 16", server => RedisAsync(server, 16, 100_000, "XADD", "ring", "*", "field", Payload));
        await RowAsync("XADD, 100 bytes, 64 rings, 50 clients, -P 16", server => RedisAsync(server, 16, 100_000, "-r", "64", "XADD", "ring:__rand_int__", "*", "field", Payload));
        await RowAsync("XLEN, 64 rings, 50 clients: a grain call each", server => RedisAsync(server, 1, 20_000, "-r", "64", "XLEN", "ring:__rand_int__"));
        await RowAsync("Zaqar: post 10, claim 10, delete each, 8 connections", async server => (await Wrk.RunAsync(server.At("HTTP"), "work", 8, options.Duration)).Rate);
        await RowAsync("gRPC: events published, 8 calls", server => GrpcLoad.RunAsync(server.At("gRPC"), (int)(100_000 * options.Scale)));

        Task RowAsync(string load, Func<ServerProcess, Task<double>> run) =>
            SideBySide.RunAsync(table, load, options.Runs, [.. servers.Select<ServerProcess, Func<Task<double>>>(server => () => run(server))]);

        Task<double> RedisAsync(ServerProcess server, int pipeline, long requests, params string[] command) =>
            RedisBenchmark.RunAsync(server.At("RESP"), 50, pipeline, (long)(requests * options.Scale), command);
    }

    /// <summary>Every kind of load once, so that no run pays for what only the first does.</summary>
    private static async Task WarmUpAsync(ServerProcess server)
    {
        foreach (var command in new[] { new[] { "XADD", "warm", "*", "field", Payload }, ["XLEN", "warm"] })
            await RedisBenchmark.RunAsync(server.At("RESP"), 50, 16, WarmUpRequests, command);
        await Wrk.RunAsync(server.At("HTTP"), "work", 8, WarmUp);
        await GrpcLoad.RunAsync(server.At("gRPC"), WarmUpRequests);
    }

    /// <summary>A silo of two is killed under load, again and again.</summary>
    private static async Task FailOverAsync(BenchOptions options, ClusterProcesses cluster)
    {
        var (moved, all) = (new List<double>(), new List<double>());
        for (var kill = 0; kill < Math.Max(1, (int)(Kills * Math.Min(1, options.Scale))); kill++)
        {
            var times = await FailoverLoad.RunAsync(cluster.Gateways[0].EndPoint, cluster.KillSiloAsync);
            all.AddRange(times);
            moved.AddRange(times.Where(time => time > LostMillisMin));
            await cluster.AddSiloAsync();
        }

        var table = new Table("Failover: kill -9 of one of 2 silos, 40 rings appended to, milliseconds to the next answer", "rings", "count", "min", "p50", "p90", "max");
        Row("all", all);
        Row($"not answered for {LostMillisMin} ms", moved);

        void Row(string name, List<double> times)
        {
            times.Sort();
            string At(double share) => times.Count == 0 ? "" : Samples.Short(times[(int)((times.Count - 1) * share)]);
            table.Row(name, $"{times.Count}", At(0), At(0.5), At(0.9), At(1));
        }
    }
}
