using System.Diagnostics;
using Mesh.Bench.Engine;
using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;
using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet;

namespace Mesh.Bench.Suites;

/// <summary>What a full store costs: the host on an empty file, on many streams, and on one long stream.</summary>
internal static class GrowthSuite
{
    public static async Task RunAsync(BenchOptions options)
    {
        var (streams, records) = ((int)(100_000 * options.Scale), (int)(5_000_000 * options.Scale));
        var table = new Table(
            "Growth, SQLite: the host on stores of several sizes (redis-benchmark, 50 clients, -P 16)",
            "store", "fill", "start-up ms", "resident MB", "XADD/s", "XRANGE oldest 100/s", "XREVRANGE newest 100/s", "resident MB after");
        await RunAsync(table, "empty", options, 1, _ => Task.CompletedTask);
        await RunAsync(table, $"{streams:N0} streams of 1 record", options, streams, store => Fill.StreamsAsync(store, streams));
        await RunAsync(table, $"1 stream of {records:N0} records", options, 1, store => Fill.RingAsync(store, records));
    }

    private static async Task RunAsync(Table table, string name, BenchOptions options, int streams, Func<ILogStore, Task> fill)
    {
        var folder = ServerProcess.NewFolder();
        var data = Path.Combine(folder, "mesh.db");
        var filling = Stopwatch.StartNew();
        await using (var store = LogStores.Open(data)) await fill(store);
        filling.Stop();
        List<double> start = [], resident = [], after = [], append = [], oldest = [], newest = [];
        for (var run = 0; run < options.Runs; run++)
        {
            await using var mesh = await ServerProcess.MeshAsync(data);
            start.Add(mesh.StartTime.TotalMilliseconds);
            resident.Add(mesh.ResidentBytes / 1e6);
            append.Add(await DriveAsync(mesh, streams, 200_000, options, "XADD", "*", "field", new string('x', 100)));
            oldest.Add(await DriveAsync(mesh, streams, 2_000, options, "XRANGE", "-", "+", "COUNT", "100"));
            newest.Add(await DriveAsync(mesh, streams, 2_000, options, "XREVRANGE", "+", "-", "COUNT", "100"));
            after.Add(mesh.ResidentBytes / 1e6);
        }

        Directory.Delete(folder, recursive: true);
        table.Row([name, $"{filling.Elapsed.TotalSeconds:0.0} s", .. new[] { start, resident, append, oldest, newest, after }.Select(each => new Samples(each).ToString())]);
    }

    private static Task<double> DriveAsync(ServerProcess mesh, int streams, long requests, BenchOptions options, string command, params string[] rest)
    {
        string[] random = streams > 1 ? ["-r", $"{streams}", command, "ring:__rand_int__"] : [command, Fill.RingName(0)];
        return RedisBenchmark.RunAsync(mesh.EndPoint, 50, 16, (long)(requests * options.Scale), [.. random, .. rest]);
    }
}
