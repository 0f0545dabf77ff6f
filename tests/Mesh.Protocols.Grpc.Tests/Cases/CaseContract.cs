namespace Mesh.Protocols.Grpc.Tests.Cases;

/// <summary>
/// The compatibility cases of the protobus specification, as a client in any language sees them. The server may have held other tests' events before; nobody else
/// publishes meanwhile.
/// </summary>
/// <param name="client">The client; whoever gives it ends it.</param>
public abstract class CaseContract(Func<Task<IProtobusClient>> client) : IAsyncLifetime
{
    private const int MessageBytesMax = 4 * 1024 * 1024;
    private static readonly PublishEnd Ok = new(0, 0, "OK");

    /// <summary>Beginning of topics that no other test has.</summary>
    private readonly string _own = $"case-{Guid.NewGuid():N}/";

    protected IProtobusClient Client { get; private set; } = null!;

    public async Task InitializeAsync() => Client = await client();

    public Task DisposeAsync() => Task.CompletedTask;

    [CaseFact(1)]
    public async Task An_empty_stream_is_answered_with_ok()
    {
        await using var publishing = await Client.PublishAsync();
        Assert.Equal(Ok, await publishing.EndAsync());
    }

    [CaseFact(2)]
    public async Task A_subscriber_gets_topic_tags_times_and_payload_as_published()
    {
        var published = new CaseEvent
        {
            Topic = "foo",
            Tags = { ["k"] = "v", ["empty"] = "" },
            EventTime = new CaseTime(1, 7),
            TransmitTime = new CaseTime(2, 999_999_999),
            Payload = new CasePayload("x/y.Z", [0, 255, 13, 10]),
        };
        var delivered = await RoundTripAsync(["foo"], published);
        Assert.Equal(published.Topic, delivered.Topic);
        Assert.Equal(published.Tags, delivered.Tags);
        Assert.Equal((published.EventTime, published.TransmitTime), (delivered.EventTime, delivered.TransmitTime));
        Assert.Equal((published.Payload.TypeUrl, Convert.ToHexString(published.Payload.Value)), (delivered.Payload!.TypeUrl, Convert.ToHexString(delivered.Payload.Value)));
    }

    [CaseFact(3, 4, 5)]
    public async Task Size_and_receive_time_are_the_servers_whatever_the_client_sent()
    {
        var before = DateTimeOffset.UtcNow;
        var delivered = await RoundTripAsync(["foo"], new CaseEvent
        {
            Topic = "foo",
            PayloadSize = 999,
            ReceiveTime = new CaseTime(1, 0),
            Payload = new CasePayload("type.googleapis.com/abcdef", [1]),
        });
        Assert.Equal(31, delivered.PayloadSize);
        var received = DateTimeOffset.UnixEpoch.AddSeconds(delivered.ReceiveTime!.Seconds).AddMicroseconds(delivered.ReceiveTime.Nanos / 1000.0);
        Assert.InRange(received, before.AddMilliseconds(-1), DateTimeOffset.UtcNow.AddMilliseconds(1));
    }

    [CaseFact(4)]
    public async Task Without_a_payload_the_size_is_zero_and_the_payload_stays_unset()
    {
        var delivered = await RoundTripAsync(["foo"], new CaseEvent { Topic = "foo", PayloadSize = 999 });
        Assert.Equal((0, null), (delivered.PayloadSize, delivered.Payload));
    }

    [CaseFact(6)]
    public Task A_pattern_matches_at_the_start_of_a_topic() => MatchesAsync(["foo"], ["foobar", "xfoo", "foo"], ["foobar", "foo"]);

    [CaseFact(7)]
    public Task Patterns_are_searched_as_one_with_bars_between() =>
        MatchesAsync(["x$", "y.*z", "^w"], ["x", "xa", "ybz", "aw", "ybza", "ax", "yz", "w"], ["x", "ybz", "ybza", "yz", "w"]);

    [CaseFact(8)]
    public Task Without_patterns_every_topic_is_delivered_the_empty_one_too() => MatchesAsync([], ["a", "", "b"], ["a", "", "b"]);

    [CaseFact(9)]
    public Task A_topic_that_matches_two_patterns_is_delivered_once() => MatchesAsync(["a", "ab"], ["abc", "ab2"], ["abc", "ab2"]);

    [CaseFact(10, 11)]
    public async Task Every_subscriber_gets_a_copy_and_the_publisher_itself_too()
    {
        await using var one = await Client.SubscribeAsync([_own]);
        await using var two = await Client.SubscribeAsync([".*"]);
        await PublishAsync(_own);
        Assert.Equal(_own, Assert.Single(await one.TakeAsync(1)).Topic);
        Assert.Equal(_own, Assert.Single(await two.TakeAsync(1)).Topic);
    }

    [CaseFact(12)]
    public async Task An_event_is_delivered_while_its_stream_is_open()
    {
        await using var subscription = await Client.SubscribeAsync([_own]);
        await using var publishing = await Client.PublishAsync();
        foreach (var topic in (string[])[_own + "1", _own + "2"])
        {
            await publishing.SendAsync(new CaseEvent { Topic = topic });
            Assert.Equal([topic], Topics(await subscription.TakeAsync(1)));
        }

        Assert.Equal(Ok, await publishing.EndAsync());
    }

    [CaseFact(13)]
    public async Task What_came_before_a_stream_was_cancelled_is_delivered_and_stored()
    {
        string[] topics = [_own + "1", _own + "2"];
        await using var subscription = await Client.SubscribeAsync([_own]);
        await using (var publishing = await Client.PublishAsync())
        {
            await publishing.SendAsync([.. topics.Select(topic => new CaseEvent { Topic = topic })]);
            Assert.Equal(topics, Topics(await subscription.TakeAsync(2)));
            await publishing.CancelAsync();
        }

        await PublishAsync(_own + "3");
        await using var later = await Client.SubscribeAsync([_own], historyDepth: 10);
        Assert.Equal([.. topics, _own + "3"], Topics(await later.TakeAsync(3)));
    }

    [CaseFact(14)]
    public async Task A_thousand_events_of_a_stream_arrive_in_order_at_each_subscriber()
    {
        await using var one = await Client.SubscribeAsync([_own]);
        await using var two = await Client.SubscribeAsync([]);
        string[] topics = [.. Enumerable.Range(0, 1000).Select(i => $"{_own}{i}")];
        await PublishAsync(topics);
        Assert.Equal(topics, Topics(await one.TakeAsync(topics.Length)));
        Assert.Equal(topics, Topics(await two.TakeAsync(topics.Length)));
    }

    [CaseFact(15)]
    public async Task Without_a_depth_no_event_from_before_the_subscription_is_delivered()
    {
        await PublishAsync(_own + "before");
        await using var subscription = await Client.SubscribeAsync([_own]);
        await PublishAsync(_own + "after");
        Assert.Equal([_own + "after"], Topics(await subscription.TakeAsync(1)));
    }

    [CaseFact(16)]
    public async Task With_a_depth_the_last_events_of_each_topic_come_first_and_then_the_live_ones()
    {
        var (often, seldom) = (_own + "often", _own + "seldom");
        await PublishAsync([seldom, .. Enumerable.Repeat(often, 7)]);
        await using var subscription = await Client.SubscribeAsync([_own], historyDepth: 5);
        await PublishAsync(_own + "live");
        Assert.Equal([seldom, .. Enumerable.Repeat(often, 5), _own + "live"], Topics(await subscription.TakeAsync(7)));
    }

    [CaseFact(17)]
    public async Task An_invalid_pattern_fails_its_call_and_others_go_on()
    {
        await using var good = await Client.SubscribeAsync([_own]);
        await using var bad = await Client.SubscribeAsync(["("]);
        Assert.Equal(3, await bad.EndAsync());
        await PublishAsync(_own);
        Assert.Equal([_own], Topics(await good.TakeAsync(1)));
    }

    [CaseFact(21)]
    public async Task An_event_just_under_four_mebibytes_passes_and_one_over_it_is_refused()
    {
        var payload = new byte[MessageBytesMax - 200];
        var delivered = await RoundTripAsync([_own], new CaseEvent { Topic = _own, Payload = new CasePayload("", payload) });
        Assert.Equal(payload, delivered.Payload!.Value);
        await using var publishing = await Client.PublishAsync();
        await publishing.SendAsync(new CaseEvent { Topic = _own, Payload = new CasePayload("", new byte[MessageBytesMax]) });
        Assert.Equal(new PublishEnd(8, 0, null), await publishing.EndAsync());
    }

    /// <summary>More than the original's calls at a time, on topics that stay quiet.</summary>
    [CaseFact(22)]
    public async Task Cancelled_subscriptions_leave_room_for_others_though_nothing_matched_them()
    {
        for (var i = 0; i < 120; i++)
        {
            await using var quiet = await Client.SubscribeAsync([_own + "quiet"]);
            await quiet.CancelAsync();
        }

        await RoundTripAsync([_own], new CaseEvent { Topic = _own });
    }

    [CaseFact(23)]
    public Task Any_text_is_a_topic() => MatchesAsync([], ["a/b", "../x", "ünï¢ode \n", "t"], ["a/b", "../x", "ünï¢ode \n", "t"]);

    [CaseFact(26)]
    public async Task A_client_may_send_topic_and_payload_only_and_unknown_fields_survive()
    {
        byte[] unknown = [0xA2, 0x06, 0x03, 1, 2, 3, 0xA8, 0x06, 0x2A]; // field 100: three bytes, field 101: 42
        var delivered = await RoundTripAsync(["foo"], new CaseEvent { Topic = "foo", Payload = new CasePayload("x/y", []), More = unknown });
        Assert.Equal(("foo", "x/y"), (delivered.Topic, delivered.Payload!.TypeUrl));
        Assert.Contains(Convert.ToHexString(unknown), Convert.ToHexString(delivered.Raw!), StringComparison.Ordinal);
    }

    [CaseFact(27)]
    public async Task Every_event_published_after_the_response_headers_came_is_delivered()
    {
        for (var round = 0; round < 30; round++)
        {
            await using var subscription = await Client.SubscribeAsync([$"{_own}{round}$"]);
            await PublishAsync($"{_own}{round}");
            Assert.Equal([$"{_own}{round}"], Topics(await subscription.TakeAsync(1)));
        }
    }

    /// <summary>What gRPC clients expect beyond the cases.</summary>
    [CaseFact]
    public async Task Deadlines_end_calls_packed_messages_are_taken_and_unknown_methods_are_told()
    {
        await using var late = await Client.SubscribeAsync([_own], deadline: TimeSpan.FromSeconds(0.2));
        Assert.Equal(4, await late.EndAsync());
        Assert.Equal(12, await Client.CallUnknownAsync());
        await using var subscription = await Client.SubscribeAsync([_own]);
        var topic = _own + new string('p', 2000);
        await using var publishing = await Client.PublishAsync(isPacked: true);
        await publishing.SendAsync(new CaseEvent { Topic = topic });
        Assert.Equal(Ok, await publishing.EndAsync());
        Assert.Equal([topic], Topics(await subscription.TakeAsync(1)));
    }

    private static IEnumerable<string> Topics(IEnumerable<CaseEvent> events) => events.Select(each => each.Topic);

    private async Task MatchesAsync(string[] patterns, string[] published, string[] expected)
    {
        await using var subscription = await Client.SubscribeAsync(patterns);
        await PublishAsync(published);
        Assert.Equal(expected, Topics(await subscription.TakeAsync(expected.Length)));
    }

    private async Task<CaseEvent> RoundTripAsync(string[] patterns, CaseEvent published)
    {
        await using var subscription = await Client.SubscribeAsync(patterns);
        await Client.PublishAllAsync(published);
        return Assert.Single(await subscription.TakeAsync(1));
    }

    private Task PublishAsync(params string[] topics) => Client.PublishAllAsync([.. topics.Select(topic => new CaseEvent { Topic = topic })]);
}
