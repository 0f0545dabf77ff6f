using System.Diagnostics;
using Mesh.Bench.Engine;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;
using Mesh.Embedded;
using Mesh.Storage.AdoNet;

namespace Mesh.Bench.Suites;

/// <summary>How long a queue with a backlog takes to answer its first claim after a restart.</summary>
internal static class ClaimSuite
{
    private const int ClaimsHeld = 1000;
    private const int ClaimSize = 20;
    private static readonly ClaimTerms Terms = new(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));

    public static async Task RunAsync(BenchOptions options)
    {
        var table = new Table(
            $"Claim recovery, SQLite: a queue with half of its records claimed, at most {ClaimsHeld * ClaimSize:N0}, opened anew (milliseconds)", "backlog", "start and first claim", "second claim", "claims/s before");
        foreach (var backlog in new[] { 1_000, 1_000_000 })
        {
            var records = Math.Max(1000, (int)(backlog * options.Scale));
            var folder = ServerProcess.NewFolder();
            var data = Path.Combine(folder, "mesh.db");
            var rate = await FillAsync(data, records);
            List<double> first = [], second = [];
            for (var run = 0; run < options.Runs; run++)
            {
                var since = Stopwatch.GetTimestamp();
                await using var store = LogStores.Open(data);
                await using var mesh = await EmbeddedMesh.StartAsync(store);
                first.Add(await ClaimAsync(mesh, since));
                second.Add(await ClaimAsync(mesh, Stopwatch.GetTimestamp()));
            }

            Directory.Delete(folder, recursive: true);
            table.Row($"{records:N0} records", new Samples(first).ToString(), new Samples(second).ToString(), Samples.Short(rate));
        }
    }

    /// <returns>Claims made per second while filling.</returns>
    private static async Task<double> FillAsync(string data, int records)
    {
        await using var store = LogStores.Open(data);
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        await Fill.RecordsAsync(Queue(mesh), records);
        var claims = Math.Min(ClaimsHeld, records / ClaimSize / 2);
        var since = Stopwatch.GetTimestamp();
        for (var i = 0; i < claims; i++) await Queue(mesh).ClaimAsync(ClaimSize, Terms);
        return claims / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task<double> ClaimAsync(EmbeddedMesh mesh, long since)
    {
        var result = await Queue(mesh).ClaimAsync(1, Terms);
        return result.Id is null ? throw new InvalidOperationException("The queue gave no record.") : Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }

    private static IQueue Queue(EmbeddedMesh mesh) => mesh.Queue(StreamName.Queue("backlog"));
}
