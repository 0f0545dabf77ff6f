using Google.Protobuf;
using Mesh.Testing.Grpc;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

public sealed class SubscribeTests
{
    [Fact]
    public async Task A_pattern_matches_at_the_start_of_a_topic_and_not_over_all_of_it()
    {
        await using var host = await GrpcHost.StartAsync();
        using var subscriber = await host.SubscribeAsync(["foo"]);
        await host.PublishAsync("foobar", "xfoo", "foo");
        Assert.Equal(["foobar", "foo"], await subscriber.TopicsAsync(2));
    }

    [Fact]
    public async Task Several_patterns_match_as_one_with_bars_between()
    {
        await using var host = await GrpcHost.StartAsync();
        using var subscriber = await host.SubscribeAsync(["x$", "y.*z", "^w"]);
        await host.PublishAsync("x", "xa", "ybz", "aw", "ybza", "ax", "yz", "w");
        Assert.Equal(["x", "ybz", "ybza", "yz", "w"], await subscriber.TopicsAsync(5));
    }

    [Fact]
    public async Task Without_patterns_every_topic_is_delivered_the_empty_one_too()
    {
        await using var host = await GrpcHost.StartAsync();
        using var subscriber = await host.SubscribeAsync([]);
        await host.PublishAsync("a", "", "b");
        Assert.Equal(["a", "", "b"], await subscriber.TopicsAsync(3));
    }

    [Fact]
    public async Task A_topic_that_matches_two_patterns_is_delivered_once()
    {
        await using var host = await GrpcHost.StartAsync();
        using var subscriber = await host.SubscribeAsync(["a", "ab"]);
        await host.PublishAsync("abc", "ab2");
        Assert.Equal(["abc", "ab2"], await subscriber.TopicsAsync(2));
    }

    [Fact]
    public async Task Every_subscriber_gets_its_own_copy_the_publishing_client_too()
    {
        await using var host = await GrpcHost.StartAsync();
        using var other = new GrpcClient(host.Address);
        using var same = await host.SubscribeAsync(["t"]);
        using var elsewhere = Subscriber.Open(other, ["t"], 0);
        await elsewhere.Call.Response;
        await host.PublishAsync("t1");
        Assert.Equal("t1", (await same.NextAsync()).Topic);
        Assert.Equal("t1", (await elsewhere.NextAsync()).Topic);
    }

    [Fact]
    public async Task Every_event_published_after_the_response_headers_came_is_delivered()
    {
        await using var host = await GrpcHost.StartAsync();
        for (var round = 0; round < 50; round++)
        {
            using var subscriber = await host.SubscribeAsync([$"r{round}$"]);
            await host.PublishAsync($"r{round}");
            Assert.Equal($"r{round}", (await subscriber.NextAsync()).Topic);
        }
    }

    [Theory]
    [InlineData(0, new[] { "b-live" })]
    [InlineData(2, new[] { "a", "a", "b", "b-live" })]
    [InlineData(5, new[] { "a", "a", "a", "b", "b-live" })]
    public async Task History_is_the_last_events_of_each_matching_topic_and_then_come_the_live_ones(int depth, string[] expected)
    {
        await using var host = await GrpcHost.StartAsync();
        await host.PublishAsync("a", "x", "a", "a", "b", "x");
        using var subscriber = await host.SubscribeAsync(["a", "b"], depth);
        await host.PublishAsync("b-live");
        Assert.Equal(expected, await subscriber.TopicsAsync(expected.Length));
    }

    [Fact]
    public async Task History_carries_the_receive_time_it_had_when_live()
    {
        await using var host = await GrpcHost.StartAsync();
        using var live = await host.SubscribeAsync([]);
        await host.PublishAsync("a");
        using var later = await host.SubscribeAsync([], historyDepth: 1);
        Assert.Equal(await live.Call.ReadAsync(), await later.Call.ReadAsync());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(IPartition.HistoryDepthMax + 1)]
    public async Task A_history_depth_out_of_bounds_is_refused_with_the_bound(int depth)
    {
        await using var host = await GrpcHost.StartAsync();
        using var subscriber = host.OpenSubscription([], depth);
        var status = await subscriber.Call.StatusAsync();
        Assert.Equal(new GrpcClientStatus(3, $"history_depth must be 0 to 1000; it is {depth}.", InHeaders: true), status);
    }

    [Theory]
    [InlineData("(", "not closed")]
    [InlineData("a(?=b)", "lookaround")]
    [InlineData(@"(a)\1", "back reference")]
    [InlineData("(a{1000}){1000}", "Repeat less")]
    public async Task A_pattern_that_cannot_be_used_is_refused_by_name_and_others_go_on(string pattern, string reason)
    {
        await using var host = await GrpcHost.StartAsync();
        using var good = await host.SubscribeAsync(["t"]);
        using var bad = host.OpenSubscription(["t", pattern]);
        var status = await bad.Call.StatusAsync();
        Assert.Equal(3, status.Code);
        Assert.Contains($"'{pattern}'", status.Message, StringComparison.Ordinal);
        Assert.Contains(reason, status.Message, StringComparison.Ordinal);
        await host.PublishAsync("t");
        Assert.Equal("t", (await good.NextAsync()).Topic);
    }

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
        Assert.Equal(1, calls.Count);
        subscriber.Call.Cancel();
        await calls.NoneAsync();
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_holds_up_nobody_and_gets_all_when_it_reads()
    {
        await using var host = await GrpcHost.StartAsync();
        using var narrow = new GrpcClient(host.Address, windowBytes: 65_535);
        using var slow = Subscriber.Open(narrow, [], 0);
        await slow.Call.Response;
        using var quick = await host.SubscribeAsync([]);
        var payload = new Google.Protobuf.WellKnownTypes.Any { Value = ByteString.CopyFrom(new byte[100_000]) };
        var events = Enumerable.Range(0, 100).Select(i => new EncapsulatedEvent { Topic = $"t{i}", Payload = payload }).ToArray();
        var topics = events.Select(published => published.Topic).ToList();
        var reading = quick.TopicsAsync(events.Length);
        await host.PublishAsync(events);
        Assert.Equal(topics, await reading);
        Assert.Equal(topics, await slow.TopicsAsync(events.Length));
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
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.NotEqual(0, (await slow.Call.StatusAsync()).Code);
    }

    [Fact]
    public async Task A_deadline_that_passes_ends_a_subscription_with_deadline_exceeded()
    {
        var clock = new Mesh.Testing.ManualClock();
        await using var host = await GrpcHost.StartAsync(clock: clock);
        using var subscriber = host.OpenSubscription([], headers: ("grpc-timeout", "1500m"));
        await subscriber.Call.Response;
        await host.PublishAsync("t");
        Assert.Equal("t", (await subscriber.NextAsync()).Topic);
        clock.Advance(TimeSpan.FromMilliseconds(1500));
        Assert.Equal(4, (await subscriber.Call.StatusAsync()).Code);
    }

    [Fact]
    public async Task A_request_that_is_no_protobuf_is_refused()
    {
        await using var host = await GrpcHost.StartAsync();
        using var call = host.Client.Open("/protobus.ProtobusService/Subscribe");
        await call.SendAsync((byte[])[0x0A, 0x7F, 1]);
        call.Complete();
        Assert.Equal(3, (await call.StatusAsync()).Code);
    }
}
