using Mesh.Bench.Engine;
using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;
using Mesh.Embedded;
using Mesh.Storage.AdoNet;

namespace Mesh.Bench.Suites;

/// <summary>What a million messages that wait in a queue cost whoever posts to it and claims from it over HTTP, beside a short queue.</summary>
internal static class WaitingSuite
{
    private const int Connections = 8;

    /// <summary>Enough for every claim of a run, so that none finds the queue empty. An empty queue's claims would be answered without one, and are not measured.</summary>
    private const int ShortQueue = 200_000;

    private const int LongQueue = 1_000_000;

    public static async Task RunAsync(BenchOptions options)
    {
        var table = new Table(
            $"Waiting messages, SQLite: the host on a queue of several lengths (wrk, {Connections} connections, one message a request)",
            "waiting", "start-up ms", "resident MB", "posts/s", "posts, claims and deletes/s", "claims/s", "resident MB after");
        foreach (var waiting in new[] { 0, ShortQueue, LongQueue }) await RunAsync(table, options, (int)(waiting * options.Scale));
    }

    private static async Task RunAsync(Table table, BenchOptions options, int waiting)
    {
        var folder = ServerProcess.NewFolder();
        var data = Path.Combine(folder, "mesh.db");
        await FillAsync(data, waiting);
        List<double> start = [], resident = [], posts = [], work = [], claims = [], after = [];
        for (var run = 0; run < options.Runs; run++)
        {
            await using var mesh = await ServerProcess.MeshAsync(data, "http");
            start.Add(mesh.StartTime.TotalMilliseconds);
            resident.Add(mesh.ResidentBytes / 1e6);
            posts.Add((await Wrk.RunAsync(mesh.EndPoint, "post", Connections, options.Duration)).Rate);
            work.Add((await Wrk.RunAsync(mesh.EndPoint, "work", Connections, options.Duration)).Rate);
            if (waiting > 0) claims.Add((await Wrk.RunAsync(mesh.EndPoint, "claim", Connections, options.Duration)).Rate);
            after.Add(mesh.ResidentBytes / 1e6);
        }

        Directory.Delete(folder, recursive: true);
        table.Row([$"{waiting:N0}", .. new[] { start, resident, posts, work, claims, after }.Select(each => each.Count > 0 ? new Samples(each).ToString() : "")]);
    }

    private static async Task FillAsync(string data, int records)
    {
        await using var store = LogStores.Open(data);
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        await Fill.RecordsAsync(mesh.Queue(StreamName.Queue(Wrk.Queue, Wrk.Project)), records);
    }
}
