using System.Diagnostics;
using System.Net;
using System.Text;
using Mesh.Testing.Grpc;

namespace Mesh.Bench.Load;

/// <summary>Publishes events over gRPC: several calls at once, each with many events, answered when all of them are durable.</summary>
internal static class GrpcLoad
{
    private const int Calls = 8;
    private const int EventsPerWrite = 100;
    private const int PayloadBytes = 100;

    /// <returns>Events that were answered per second.</returns>
    /// <exception cref="InvalidOperationException">A call failed.</exception>
    public static async Task<double> RunAsync(IPEndPoint server, int events)
    {
        using var client = new GrpcClient(new Uri($"http://{server}"));
        var writes = Math.Max(1, events / Calls / EventsPerWrite);
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(call => PublishAsync(client, $"topic-{call}", writes)));
        return Calls * writes * EventsPerWrite / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task PublishAsync(GrpcClient client, string topic, int writes)
    {
        using var call = client.Open("/protobus.ProtobusService/Publish");
        var together = Enumerable.Repeat(GrpcClientCall.Frame(Event(topic)), EventsPerWrite).SelectMany(frame => frame).ToArray();
        for (var write = 0; write < writes; write++) await call.SendRawAsync(together);
        call.Complete();
        var status = await call.StatusAsync();
        if (status.Code != 0) throw new InvalidOperationException($"Publish was answered {status}.");
    }

    /// <summary>An event with a topic, and a payload in a google.protobuf.Any without a type.</summary>
    private static byte[] Event(string topic) => [.. Field(1, Encoding.UTF8.GetBytes(topic)), .. Field(7, Field(2, new byte[PayloadBytes]))];

    private static byte[] Field(int number, byte[] bytes) => [(byte)((number << 3) | 2), (byte)bytes.Length, .. bytes];
}
