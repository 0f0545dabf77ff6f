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
    public static async Task<double> RunAsync(IPEndPoint server, int events, int calls = Calls)
    {
        using var client = new GrpcClient(new Uri($"http://{server}"));
        var writes = Math.Max(1, events / calls / EventsPerWrite);
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, calls).Select(call => PublishAsync(client, $"topic-{call}", writes, EventsPerWrite)));
        return calls * writes * EventsPerWrite / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    /// <returns>Events that one subscriber was sent per second, published by one call.</returns>
    /// <exception cref="InvalidOperationException">A call failed.</exception>
    public static async Task<double> DeliveredAsync(IPEndPoint server, int events)
    {
        using var client = new GrpcClient(new Uri($"http://{server}"));
        using var reader = new GrpcClient(new Uri($"http://{server}"));
        using var subscription = reader.Open("/protobus.ProtobusService/Subscribe");
        await subscription.SendAsync(ReadOnlyMemory<byte>.Empty);
        subscription.Complete();
        await WarmAsync(client, subscription);
        var writes = Math.Max(1, events / EventsPerWrite);
        var stream = await subscription.ReadRawAsync();
        var since = Stopwatch.GetTimestamp();
        var counting = FrameCount.AsyncOf(stream, writes * EventsPerWrite, PayloadBytes);
        await Task.WhenAll(PublishAsync(client, "topic-0", writes, EventsPerWrite), counting);
        return writes * EventsPerWrite / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    /// <summary>Publishes single events without a payload until the subscriber's headers have come: not every server sends them before the first event.</summary>
    private static async Task WarmAsync(GrpcClient client, GrpcClientCall subscription)
    {
        while (!subscription.Response.IsCompleted)
        {
            await PublishAsync(client, "warm", 1, 1, payloadBytes: 0);
            await Task.WhenAny(subscription.Response, Task.Delay(200));
        }
    }

    private static async Task PublishAsync(GrpcClient client, string topic, int writes, int events, int payloadBytes = PayloadBytes)
    {
        using var call = client.Open("/protobus.ProtobusService/Publish");
        var together = Enumerable.Repeat(GrpcClientCall.Frame(Event(topic, payloadBytes)), events).SelectMany(frame => frame).ToArray();
        for (var write = 0; write < writes; write++) await call.SendRawAsync(together);
        call.Complete();
        var status = await call.StatusAsync();
        if (status.Code != 0) throw new InvalidOperationException($"Publish was answered {status}.");
    }

    /// <summary>An event with a topic, and a payload in a google.protobuf.Any without a type.</summary>
    private static byte[] Event(string topic, int payloadBytes) => [.. Field(1, Encoding.UTF8.GetBytes(topic)), .. Field(7, Field(2, new byte[payloadBytes]))];

    private static byte[] Field(int number, byte[] bytes) => [(byte)((number << 3) | 2), (byte)bytes.Length, .. bytes];
}
