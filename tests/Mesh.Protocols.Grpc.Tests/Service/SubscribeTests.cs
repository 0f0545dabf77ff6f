using Google.Protobuf;
using Mesh.Testing;
using Mesh.Testing.Grpc;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>What subscribers depend on, and what clock, options and the end of the server do to them.</summary>
public sealed class SubscribeTests() : SubscribeContract(GrpcHost.OpenAsync)
{
    [Fact]
    public async Task A_list_of_patterns_over_the_limit_is_refused()
    {
        await using var host = await GrpcHost.StartAsync(new GrpcOptions { PatternBytesMax = 10 });
        using var subscriber = host.OpenSubscription(["12345", "12345"]);
        Assert.Equal(3, (await subscriber.Call.StatusAsync()).Code);
    }

    [Fact]
    public async Task A_subscriber_that_cancels_is_gone_at_once_though_nothing_is_published()
    {
        var calls = new OpenSubscriptions();
        await using var host = await GrpcHost.StartAsync(around: calls.Watch);
        var subscriber = await host.SubscribeAsync(["quiet"]);
        await Eventually.TrueAsync(() => Task.FromResult(calls.Count == 1), "the subscription follows the log");
        subscriber.Call.Cancel();
        await calls.NoneAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task When_the_server_stops_subscribers_get_unavailable()
    {
        await using var host = await GrpcHost.StartAsync();
        using var subscriber = await host.SubscribeAsync([]);
        var stopping = host.StopAsync();
        Assert.Equal(new GrpcClientStatus(14, "The server stops. Connect again.", InHeaders: false), await subscriber.Call.StatusAsync());
        await stopping;
    }

    [Fact]
    public async Task When_the_server_stops_a_publishers_events_are_stored_to_the_last()
    {
        await using var host = await GrpcHost.StartAsync();
        using var subscriber = await host.SubscribeAsync([]);
        using var call = host.Publish();
        await call.SendAsync(new EncapsulatedEvent { Topic = "t" }.ToByteArray());
        Assert.Equal("t", (await subscriber.NextAsync()).Topic);
        var stopping = host.StopAsync();
        var status = await call.StatusAsync();
        Assert.True(status.Code == 14, status.ToString()); // or the connection is closed before this client has read it
        await stopping;
        Assert.Equal(1, (await host.Events.StateAsync()).Length);
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_does_not_hold_up_the_stop()
    {
        await using var host = await GrpcHost.StartAsync();
        using var narrow = new GrpcClient(host.Address, windowBytes: 65_535);
        using var slow = Subscriber.Open(narrow, [], 0);
        await slow.Call.Response;
        var payload = new Google.Protobuf.WellKnownTypes.Any { Value = ByteString.CopyFrom(new byte[1_000_000]) };
        await host.PublishAsync(new EncapsulatedEvent { Payload = payload });
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.NotEqual(0, (await slow.Call.StatusAsync()).Code);
    }

    [Fact]
    public async Task A_deadline_that_passes_ends_a_subscription_with_deadline_exceeded()
    {
        var clock = new ManualClock();
        await using var host = await GrpcHost.StartAsync(clock: clock);
        using var subscriber = host.OpenSubscription([], headers: ("grpc-timeout", "1500m"));
        await subscriber.Call.Response;
        await host.PublishAsync("t");
        Assert.Equal("t", (await subscriber.NextAsync()).Topic);
        clock.Advance(TimeSpan.FromMilliseconds(1500));
        Assert.Equal(4, (await subscriber.Call.StatusAsync()).Code);
    }
}
