using Mesh.Bench.Engine;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;
using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet;
using Mesh.Testing.Postgres;

namespace Mesh.Bench.Suites;

/// <summary>The engine and its store alone: appends from this process, no sockets.</summary>
internal static class AppendSuite
{
    private static readonly (string Name, AppendLoad Load)[] Loads =
    [
        ("8 streams, 16 callers, segments of 1,000", new AppendLoad(8, 16, 1000)),
        ("1 stream, 64 callers, single records", new AppendLoad(1, 64, 1)),
        ("8 streams, 64 callers, single records", new AppendLoad(8, 64, 1)),
        ("64 streams, 64 callers, single records", new AppendLoad(64, 64, 1)),
    ];

    public static async Task RunAsync(BenchOptions options)
    {
        var table = new Table("Engine append, 100-byte records", "store", "load", "records/s", "MB/s", "commits/s", "bytes allocated a record");
        await RunAsync(table, "memory", options, () => Task.FromResult<ILogStore>(new MemoryLogStore()));
        var folder = ServerProcess.NewFolder();
        await RunAsync(table, "SQLite", options, () => Task.FromResult(LogStores.Open(Path.Combine(folder, $"{Guid.NewGuid():N}.db"))));
        Directory.Delete(folder, recursive: true);
        await using var postgres = await PostgresServer.StartAsync();
        await RunAsync(table, "PostgreSQL", options, async () => LogStores.Open(await postgres.CreateDatabaseAsync()));
    }

    private static async Task RunAsync(Table table, string name, BenchOptions options, Func<Task<ILogStore>> open)
    {
        foreach (var (load, callers) in Loads)
        {
            var figures = new List<AppendFigures>();
            for (var run = 0; run < options.Runs; run++)
            {
                await using var store = await open();
                figures.Add(await callers.RunAsync(store, options.Duration));
            }

            table.Row(name, load, Cell(each => each.Records), Cell(each => each.Megabytes), Cell(each => each.Commits), Cell(each => each.AllocatedBytes));

            string Cell(Func<AppendFigures, double> pick) => new Samples([.. figures.Select(pick)]).ToString();
        }
    }
}
