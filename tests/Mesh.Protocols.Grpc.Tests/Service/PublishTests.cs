using Google.Protobuf;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>What publishers depend on, and what a store does to them.</summary>
public sealed class PublishTests() : PublishContract(GrpcHost.OpenAsync)
{
    [Fact]
    public async Task The_answer_waits_until_all_events_are_durable()
    {
        await using var host = await GrpcHost.StartAsync();
        await host.PublishAsync("first");
        using var call = host.Publish();
        using (host.Store.HoldCommits())
        {
            for (var i = 0; i < 100; i++) await call.SendAsync(new EncapsulatedEvent { Topic = "foo" }.ToByteArray());
            call.Complete();
            Assert.False(call.Response.IsCompleted);
            Assert.Equal(1, (await host.Events.StateAsync()).Length);
        }

        Assert.Equal(0, (await call.StatusAsync()).Code);
        Assert.Equal(101, (await host.Events.StateAsync()).Length);
    }

    [Fact]
    public async Task A_storage_that_is_away_ends_a_waiting_stream_with_unavailable()
    {
        await using var host = await GrpcHost.StartAsync();
        await host.PublishAsync("first");
        using var call = host.Publish();
        host.Store.IsAway = true;
        await call.SendAsync(new EncapsulatedEvent { Topic = "foo" }.ToByteArray());
        Assert.Equal(14, (await call.StatusAsync()).Code);
        host.Store.IsAway = false;
        await host.PublishAsync("again");
    }

    [Fact]
    public async Task In_small_segments_events_arrive_in_order_too()
    {
        await using var host = await GrpcHost.StartAsync(new GrpcOptions { SegmentBytesMax = 65_536 });
        await ArriveInOrderAsync(host);
    }
}
