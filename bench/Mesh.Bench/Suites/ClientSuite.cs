using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Suites;

/// <summary>Mesh.Client beside a stub: the calls of mesh.v1 made by hand, which appends from one flow and counts, and knows of no record what became of it.</summary>
internal static class ClientSuite
{
    private const int BodyBytes = 100;
    private const int TailRecords = 500_000;
    private const string Tailed = "ring:tailed";

    public static async Task RunAsync(BenchOptions options)
    {
        await using var mesh = await ServerProcess.MeshAsync(doors: "resp,grpc");
        var server = mesh.At("gRPC");
        var table = new Table($"Mesh.Client and a stub, one stream, records of {BodyBytes} bytes, SQLite", "test", "stub /s", "Mesh.Client /s", "Mesh.Client / stub");
        foreach (var outstanding in new[] { 1, 32, 256, 4096 })
        {
            await SideBySide.RunAsync(
                table,
                $"appended, {outstanding} outstanding",
                options.Runs,
                () => MeshV1Load.RunAsync(server, outstanding, BodyBytes, options.Duration),
                () => ClientLoad.AppendAsync(server, outstanding, BodyBytes, options.Duration));
        }

        var records = (int)(TailRecords * options.Scale);
        await MeshV1Load.FillAsync(server, Tailed, records, BodyBytes);
        await SideBySide.RunAsync(
            table, "tailed from the beginning", options.Runs, () => MeshV1Load.TailAsync(server, Tailed, records), () => ClientLoad.TailAsync(server, Tailed, records));
    }
}
