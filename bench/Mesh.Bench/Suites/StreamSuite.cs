using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Suites;

/// <summary>Appends with a window of records under way, to one stream: JetStream's file store, which acknowledges before a record is on disk, and Mesh, which does after.</summary>
internal static class StreamSuite
{
    private const int BodyBytes = 100;

    public static async Task RunAsync(BenchOptions options)
    {
        await using var nats = await ServerProcess.NatsAsync();
        await using var mesh = await ServerProcess.MeshAsync(doors: "resp,grpc");
        using var jetStream = await NatsLoad.OpenAsync(nats.EndPoint);
        var table = new Table(
            $"Streamed appends of {BodyBytes} bytes to one stream, acknowledged records/s (JetStream: before it is on disk; Mesh: after its commit)", "outstanding", "NATS JetStream, file", "Mesh", "Mesh / NATS");
        foreach (var window in new[] { 1, 32, 256, 4096 })
        {
            await SideBySide.RunAsync(
                table,
                $"{window}",
                options.Runs,
                () => jetStream.RunAsync(window, BodyBytes, options.Duration),
                () => MeshV1Load.RunAsync(mesh.At("gRPC"), window, BodyBytes, options.Duration));
        }
    }
}
