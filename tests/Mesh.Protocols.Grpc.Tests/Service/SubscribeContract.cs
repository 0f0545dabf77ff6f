using Google.Protobuf;
using Mesh.Testing;
using Mesh.Testing.Grpc;
using Mesh.Testing.Postgres;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>What subscribers depend on.</summary>
public abstract class SubscribeContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    [ContractFact]
    public async Task A_pattern_matches_at_the_start_of_a_topic_and_not_over_all_of_it()
    {
        using var subscriber = await Door.SubscribeAsync(["foo"]);
        await Door.PublishAsync("foobar", "xfoo", "foo");
        Assert.Equal(["foobar", "foo"], await subscriber.TopicsAsync(2));
    }

    [ContractFact]
    public async Task Several_patterns_match_as_one_with_bars_between()
    {
        using var subscriber = await Door.SubscribeAsync(["x$", "y.*z", "^w"]);
        await Door.PublishAsync("x", "xa", "ybz", "aw", "ybza", "ax", "yz", "w");
        Assert.Equal(["x", "ybz", "ybza", "yz", "w"], await subscriber.TopicsAsync(5));
    }

    [ContractFact]
    public async Task Without_patterns_every_topic_is_delivered_the_empty_one_too()
    {
        using var subscriber = await Door.SubscribeAsync([]);
        await Door.PublishAsync("a", "", "b");
        Assert.Equal(["a", "", "b"], await subscriber.TopicsAsync(3));
    }

    [ContractFact]
    public async Task A_topic_that_matches_two_patterns_is_delivered_once()
    {
        using var subscriber = await Door.SubscribeAsync(["a", "ab"]);
        await Door.PublishAsync("abc", "ab2");
        Assert.Equal(["abc", "ab2"], await subscriber.TopicsAsync(2));
    }

    [ContractFact]
    public async Task Every_subscriber_gets_its_own_copy_the_publishing_client_too()
    {
        using var other = new GrpcClient(Door.Address);
        using var same = await Door.SubscribeAsync(["t"]);
        using var elsewhere = Subscriber.Open(other, ["t"], 0);
        await elsewhere.Call.Response;
        await Door.PublishAsync("t1");
        Assert.Equal("t1", (await same.NextAsync()).Topic);
        Assert.Equal("t1", (await elsewhere.NextAsync()).Topic);
    }

    [ContractFact]
    public async Task Every_event_published_after_the_response_headers_came_is_delivered()
    {
        for (var round = 0; round < 50; round++)
        {
            using var subscriber = await Door.SubscribeAsync([$"r{round}$"]);
            await Door.PublishAsync($"r{round}");
            Assert.Equal($"r{round}", (await subscriber.NextAsync()).Topic);
        }
    }

    [ContractTheory]
    [InlineData(0, new[] { "b-live" })]
    [InlineData(2, new[] { "a", "a", "b", "b-live" })]
    [InlineData(5, new[] { "a", "a", "a", "b", "b-live" })]
    public async Task History_is_the_last_events_of_each_matching_topic_and_then_come_the_live_ones(int depth, string[] expected)
    {
        await Door.PublishAsync("a", "x", "a", "a", "b", "x");
        using var subscriber = await Door.SubscribeAsync(["a", "b"], depth);
        await Door.PublishAsync("b-live");
        Assert.Equal(expected, await subscriber.TopicsAsync(expected.Length));
    }

    [ContractFact]
    public async Task History_carries_the_receive_time_it_had_when_live()
    {
        using var live = await Door.SubscribeAsync([]);
        await Door.PublishAsync("a");
        using var later = await Door.SubscribeAsync([], historyDepth: 1);
        Assert.Equal(await live.Call.ReadAsync(), await later.Call.ReadAsync());
    }

    [ContractTheory]
    [InlineData(-1)]
    [InlineData(IPartition.HistoryDepthMax + 1)]
    public async Task A_history_depth_out_of_bounds_is_refused_with_the_bound(int depth)
    {
        using var subscriber = Door.OpenSubscription([], depth);
        var status = await subscriber.Call.StatusAsync();
        Assert.Equal(new GrpcClientStatus(3, $"history_depth must be 0 to 1000; it is {depth}.", InHeaders: true), status);
    }

    [ContractTheory]
    [InlineData("(", "not closed")]
    [InlineData("a(?=b)", "lookaround")]
    [InlineData(@"(a)\1", "back reference")]
    [InlineData("(a{1000}){1000}", "Repeat less")]
    public async Task A_pattern_that_cannot_be_used_is_refused_by_name_and_others_go_on(string pattern, string reason)
    {
        using var good = await Door.SubscribeAsync(["t"]);
        using var bad = Door.OpenSubscription(["t", pattern]);
        var status = await bad.Call.StatusAsync();
        Assert.Equal(3, status.Code);
        Assert.Contains($"'{pattern}'", status.Message, StringComparison.Ordinal);
        Assert.Contains(reason, status.Message, StringComparison.Ordinal);
        await Door.PublishAsync("t");
        Assert.Equal("t", (await good.NextAsync()).Topic);
    }

    [ContractFact]
    public async Task A_subscriber_that_does_not_read_holds_up_nobody_and_gets_all_when_it_reads()
    {
        using var narrow = new GrpcClient(Door.Address, windowBytes: 65_535);
        using var slow = Subscriber.Open(narrow, [], 0);
        await slow.Call.Response;
        using var quick = await Door.SubscribeAsync([]);
        var payload = new Google.Protobuf.WellKnownTypes.Any { Value = ByteString.CopyFrom(new byte[100_000]) };
        var events = Enumerable.Range(0, 100).Select(i => new EncapsulatedEvent { Topic = $"t{i}", Payload = payload }).ToArray();
        var topics = events.Select(published => published.Topic).ToList();
        var reading = quick.TopicsAsync(events.Length);
        await Door.PublishAsync(events);
        Assert.Equal(topics, await reading);
        Assert.Equal(topics, await slow.TopicsAsync(events.Length));
    }

    [ContractFact]
    public async Task A_request_that_is_no_protobuf_is_refused()
    {
        using var call = Door.Client.Open("/protobus.ProtobusService/Subscribe");
        await call.SendAsync((byte[])[0x0A, 0x7F, 1]);
        call.Complete();
        Assert.Equal(3, (await call.StatusAsync()).Code);
    }
}
