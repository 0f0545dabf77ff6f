using System.Net;
using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Suites;

/// <summary>Events of 100 bytes published on one stream and delivered, beside a protobus-server that runs already: its address is in <see cref="PeerVariable"/>.</summary>
internal static class ProtobusSuite
{
    /// <summary>The peer stores without waiting for the disk; Mesh answers when events are durable.</summary>
    public const string PeerVariable = "MESH_BENCH_PROTOBUS";

    private const int PeerEvents = 20_000;
    private const int MeshEvents = 1_000_000;

    public static async Task RunAsync(BenchOptions options)
    {
        if (Environment.GetEnvironmentVariable(PeerVariable) is not { Length: > 0 } address)
        {
            Console.WriteLine($"protobus: left out, because {PeerVariable} does not name a running protobus-server (host:port).");
            return;
        }

        var peer = IPEndPoint.Parse(address);
        var folder = ServerProcess.NewFolder();
        await using (var mesh = await ServerProcess.MeshAsync(Path.Combine(folder, "mesh.db"), "resp,grpc"))
        {
            await GrpcLoad.RunAsync(mesh.At("gRPC"), (int)(MeshEvents * options.Scale / 4), calls: 1); // what only the first run pays for
            var table = new Table("protobus, one publish stream, events of 100 bytes, SQLite", "test", "protobus-server (not durable) /s", "Mesh (durable) /s", "ratio");
            await SideBySide.RunAsync(table, "published, no subscriber", options.Runs, Peer(PublishAsync), Mesh(PublishAsync));
            await SideBySide.RunAsync(table, "delivered to one subscriber", options.Runs, Peer(GrpcLoad.DeliveredAsync), Mesh(GrpcLoad.DeliveredAsync));

            Func<Task<double>> Peer(Func<IPEndPoint, int, Task<double>> load) => () => load(peer, (int)(PeerEvents * options.Scale));

            Func<Task<double>> Mesh(Func<IPEndPoint, int, Task<double>> load) => () => load(mesh.At("gRPC"), (int)(MeshEvents * options.Scale));
        }

        Directory.Delete(folder, recursive: true);

        static Task<double> PublishAsync(IPEndPoint server, int events) => GrpcLoad.RunAsync(server, events, calls: 1);
    }
}
