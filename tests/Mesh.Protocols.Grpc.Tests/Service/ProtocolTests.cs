using Google.Protobuf;
using Mesh.Testing;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>What gRPC asks of a server, and what clock and options do.</summary>
public sealed class ProtocolTests() : ProtocolContract(GrpcHost.OpenAsync)
{
    [Fact]
    public async Task A_deadline_that_passes_ends_a_publish_stream_and_keeps_what_came()
    {
        var clock = new ManualClock();
        await using var host = await GrpcHost.StartAsync(clock: clock);
        using var subscriber = await host.SubscribeAsync([]);
        using var call = host.Publish(("grpc-timeout", "10S"));
        await call.SendAsync(new EncapsulatedEvent { Topic = "t" }.ToByteArray());
        Assert.Equal("t", (await subscriber.NextAsync()).Topic);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(4, (await call.StatusAsync()).Code);
        Assert.Equal(1, (await host.Events.StateAsync()).Length);
    }

    [Fact]
    public async Task More_calls_than_the_limit_are_refused_instead_of_hanging()
    {
        await using var host = await GrpcHost.StartAsync(new GrpcOptions { CallsMax = 1 });
        using var first = await host.SubscribeAsync([]);
        using var second = host.OpenSubscription([]);
        var status = await second.Call.StatusAsync();
        Assert.Equal(8, status.Code);
        Assert.Contains("1 calls are open", status.Message, StringComparison.Ordinal);
    }
}
