using System.Text;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Rooms as Redis's clients know them (HubSub specification, section 7, cases 1 to 28).</summary>
public abstract class RoomCommandContract(Func<Task<RespDoor>> open) : DoorContract<RespDoor>(open)
{
    private RespWire _subscriber = null!;
    private RespWire _publisher = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _subscriber = await Door.ConnectAsync();
        _publisher = await Door.ConnectAsync();
    }

    public override async Task DisposeAsync()
    {
        await _subscriber.DisposeAsync();
        await _publisher.DisposeAsync();
        await base.DisposeAsync();
    }

    [ContractFact]
    public async Task A_subscriber_gets_what_is_published_and_publish_counts_it()
    {
        Assert.Equal(Reply("subscribe", "chan:1", 1L), await _subscriber.AskAsync("SUBSCRIBE", "chan:1"));
        Assert.Equal(1L, await _publisher.AskAsync("PUBLISH", "chan:1", "hello!"));
        Assert.Equal(Reply("message", "chan:1", "hello!"), await _subscriber.ReadAsync());
        Assert.Equal(0L, await _publisher.AskAsync("PUBLISH", "chan:2", "nobody"));
    }

    [ContractFact]
    public async Task Several_rooms_are_confirmed_one_by_one_and_a_second_time_changes_nothing()
    {
        await _subscriber.SendAsync("SUBSCRIBE", "a", "b");
        Assert.Equal(Reply("subscribe", "a", 1L), await _subscriber.ReadAsync());
        Assert.Equal(Reply("subscribe", "b", 2L), await _subscriber.ReadAsync());
        Assert.Equal(Reply("subscribe", "a", 2L), await _subscriber.AskAsync("SUBSCRIBE", "a"));
        Assert.Equal(1L, await _publisher.AskAsync("PUBLISH", "a", "once"));
        Assert.Equal(1L, await _publisher.AskAsync("PUBLISH", "b", "too"));
        Assert.Equal(Reply("message", "a", "once"), await _subscriber.ReadAsync());
        Assert.Equal(Reply("message", "b", "too"), await _subscriber.ReadAsync());
    }

    [ContractFact]
    public async Task Unsubscribing_counts_down_and_ordinary_commands_work_again_at_zero()
    {
        await _subscriber.SendAsync("SUBSCRIBE", "a", "b");
        await _subscriber.ReadAsync();
        await _subscriber.ReadAsync();
        Assert.Equal(Reply("unsubscribe", "a", 1L), await _subscriber.AskAsync("UNSUBSCRIBE", "a"));
        Assert.Equal(0L, await _publisher.AskAsync("PUBLISH", "a", "x"));
        Assert.Equal(Reply("unsubscribe", "b", 0L), await _subscriber.AskAsync("UNSUBSCRIBE"));
        Assert.Equal("hi", await _subscriber.AskAsync("ECHO", "hi"));
    }

    [ContractFact]
    public async Task Unsubscribing_from_nothing_is_answered_with_null_and_zero()
    {
        Assert.Equal(Reply("unsubscribe", null, 0L), await _subscriber.AskAsync("UNSUBSCRIBE"));
        Assert.Equal(Reply("punsubscribe", null, 0L), await _subscriber.AskAsync("PUNSUBSCRIBE"));
    }

    [ContractFact]
    public async Task A_pattern_matches_as_glob_and_a_room_name_never_does()
    {
        await _subscriber.AskAsync("PSUBSCRIBE", "h?llo");
        await using var exact = await Door.ConnectAsync();
        await exact.AskAsync("SUBSCRIBE", "h?llo");
        Assert.Equal(1L, await _publisher.AskAsync("PUBLISH", "hello", "x"));
        Assert.Equal(Reply("pmessage", "h?llo", "hello", "x"), await _subscriber.ReadAsync());
        Assert.Equal(0L, await _publisher.AskAsync("PUBLISH", "heello", "x"));
        Assert.Equal(2L, await _publisher.AskAsync("PUBLISH", "h?llo", "y"));
        Assert.Equal(Reply("message", "h?llo", "y"), await exact.ReadAsync());
        await _subscriber.ReadAsync();
        Assert.Equal(Reply("punsubscribe", "h?llo", 0L), await _subscriber.AskAsync("PUNSUBSCRIBE", "h?llo"));
        Assert.Equal(0L, await _publisher.AskAsync("PUBLISH", "hello", "x"));
    }

    [ContractFact]
    public async Task A_room_and_a_matching_pattern_of_one_connection_both_deliver()
    {
        await _subscriber.AskAsync("SUBSCRIBE", "hello");
        await _subscriber.AskAsync("PSUBSCRIBE", "h*");
        Assert.Equal(2L, await _publisher.AskAsync("PUBLISH", "hello", "x"));
        Assert.Equal(Reply("message", "hello", "x"), await _subscriber.ReadAsync());
        Assert.Equal(Reply("pmessage", "h*", "hello", "x"), await _subscriber.ReadAsync());
    }

    [ContractFact]
    public async Task An_unterminated_set_in_a_pattern_disturbs_nobody()
    {
        await _subscriber.AskAsync("PSUBSCRIBE", "a[");
        await using var other = await Door.ConnectAsync();
        await other.AskAsync("SUBSCRIBE", "ab");
        await _publisher.AskAsync("PUBLISH", "ab", "x");
        Assert.Equal(Reply("message", "ab", "x"), await other.ReadAsync());
    }

    [ContractFact]
    public async Task Unknown_commands_are_refused_as_redis_does_and_the_connection_goes_on()
    {
        Assert.Equal(new RespError("ERR unknown command 'FooBar', with args beginning with: 'a' 'b' "), await _publisher.AskAsync("FooBar", "a", "b"));
        Assert.Equal("PONG", await _publisher.AskAsync("pInG"));
    }

    [ContractFact]
    public async Task A_missing_argument_is_an_error()
    {
        Assert.Equal(new RespError("ERR wrong number of arguments for 'publish' command"), await _publisher.AskAsync("PUBLISH", "a"));
        Assert.Equal(new RespError("ERR wrong number of arguments for 'subscribe' command"), await _publisher.AskAsync("SUBSCRIBE"));
    }

    [ContractFact]
    public async Task Quit_is_answered_and_closes()
    {
        Assert.Equal("OK", await _publisher.AskAsync("QUIT"));
        await Assert.ThrowsAsync<EndOfStreamException>(() => _publisher.ReadAsync());
    }

    [ContractFact]
    public async Task A_payload_of_any_bytes_arrives_unchanged()
    {
        var payload = "a\r\nb\0\xff\xfe";
        var request = Encoding.Latin1.GetBytes($"*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nr\r\n");
        var pushed = $"*3\r\n$7\r\nmessage\r\n$1\r\nr\r\n${payload.Length}\r\n{payload}\r\n";
        var confirmed = "*3\r\n$9\r\nsubscribe\r\n$1\r\nr\r\n:1\r\n";
        var receiving = Door.ExchangeAsync(request, 1000, confirmed.Length + pushed.Length);
        var publish = Encoding.Latin1.GetBytes($"*3\r\n$7\r\nPUBLISH\r\n$1\r\nr\r\n${payload.Length}\r\n{payload}\r\n");
        while (await Door.ExchangeAsync(publish, 1000, 4) != ":1\r\n")
        {
        }

        Assert.Equal(confirmed + pushed, await receiving);
    }

    [ContractFact]
    public async Task Complete_commands_are_answered_before_a_partial_one_behind_them_is_complete()
    {
        await _publisher.SendRawAsync("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPI"u8.ToArray());
        Assert.Equal("PONG", await _publisher.ReadAsync());
        await _publisher.SendRawAsync("NG\r\n"u8.ToArray());
        Assert.Equal("PONG", await _publisher.ReadAsync());
    }

    [ContractFact]
    public async Task A_command_that_comes_byte_by_byte_works() =>
        Assert.Equal("$2\r\nhi\r\n", await Door.ExchangeAsync(RespWire.Encode("ECHO", "hi"), 1, 8));

    [ContractFact]
    public async Task Empty_arrays_are_ignored_and_inline_commands_work() =>
        Assert.Equal("+PONG\r\n$2\r\nhi\r\n", await Door.ExchangeAsync("*0\r\n*-1\r\nPING\r\nECHO hi\r\n"u8.ToArray(), 1000, 15));

    [ContractFact]
    public async Task A_command_in_pieces_behind_empty_ones_works()
    {
        await _publisher.SendRawAsync("*0\r\n\r\n*-1\r\n*1\r\n$4\r\nPI"u8.ToArray());
        await _subscriber.AskAsync("PING"); // both halves in one packet would prove nothing
        await _publisher.SendRawAsync("NG\r\n"u8.ToArray());
        Assert.Equal("PONG", await _publisher.ReadAsync());
    }

    [ContractTheory]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 20\r\n\r\nPUBLISH a b\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\nPUBLISH a b\r\n")]
    public async Task Http_from_a_browser_ends_the_connection_before_its_body_is_read(string request) =>
        Assert.DoesNotContain(":0", await Door.ExchangeUntilClosedAsync(request), StringComparison.Ordinal);

    [ContractFact]
    public async Task A_broken_frame_is_answered_and_closes() =>
        Assert.Equal("+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n", await Door.ExchangeUntilClosedAsync("PING\r\n*x\r\n"));

    [ContractFact]
    public async Task While_subscribed_only_few_commands_are_allowed()
    {
        await _subscriber.AskAsync("SUBSCRIBE", "a");
        Assert.Equal(Reply("pong", ""), await _subscriber.AskAsync("PING"));
        Assert.Equal(Reply("pong", "x"), await _subscriber.AskAsync("PING", "x"));
        Assert.Equal(
            new RespError("ERR Can't execute 'echo': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"),
            await _subscriber.AskAsync("ECHO", "x"));
        Assert.Equal("RESET", await _subscriber.AskAsync("RESET"));
        Assert.Equal("x", await _subscriber.AskAsync("ECHO", "x"));
        Assert.Equal(0L, await _publisher.AskAsync("PUBLISH", "a", "x"));
    }

    [ContractFact]
    public async Task A_client_that_leaves_is_counted_no_more()
    {
        await using (var leaver = await Door.ConnectAsync()) await leaver.AskAsync("SUBSCRIBE", "a");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!Equals(await _publisher.AskAsync("PUBLISH", "a", "x"), 0L)) limit.Token.ThrowIfCancellationRequested();
    }

    [ContractFact]
    public async Task Several_publishers_are_seen_in_one_order_by_all_subscribers()
    {
        const int Messages = 300;
        await using var second = await Door.ConnectAsync();
        await _subscriber.AskAsync("SUBSCRIBE", "r");
        await second.AskAsync("SUBSCRIBE", "r");
        var publishing = Enumerable.Range(0, 3).Select(async publisher =>
        {
            await using var wire = await Door.ConnectAsync();
            for (var i = 0; i < Messages; i++) Assert.Equal(2L, await wire.AskAsync("PUBLISH", "r", $"{publisher}:{i}"));
        }).ToList();
        var both = await Task.WhenAll(ReadMessagesAsync(_subscriber, 3 * Messages), ReadMessagesAsync(second, 3 * Messages));
        await Task.WhenAll(publishing);
        Assert.Equal(both[0], both[1]);
        for (var publisher = 0; publisher < 3; publisher++)
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{publisher}:{i}"), both[0].Where(message => message.StartsWith($"{publisher}:", StringComparison.Ordinal)));
    }

    [ContractFact]
    public async Task A_pipeline_of_publishes_reaches_many_subscribers_whole_and_in_order()
    {
        var subscribers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Door.ConnectAsync()));
        foreach (var subscriber in subscribers) await subscriber.AskAsync("SUBSCRIBE", "r");
        var pipeline = Enumerable.Range(0, 200).SelectMany(i => RespWire.Encode("PUBLISH", "r", $"{i}")).ToArray();
        await _publisher.SendRawAsync(pipeline);
        foreach (var subscriber in subscribers)
        {
            Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), await ReadMessagesAsync(subscriber, 200));
            await subscriber.DisposeAsync();
        }
    }

    [ContractFact]
    public async Task Rooms_subscribers_and_patterns_are_counted()
    {
        await _subscriber.AskAsync("SUBSCRIBE", "a1");
        await _subscriber.AskAsync("PSUBSCRIBE", "b*");
        Assert.Equal(Reply("a1"), await _publisher.AskAsync("PUBSUB", "CHANNELS"));
        Assert.Equal(Reply(), await _publisher.AskAsync("PUBSUB", "CHANNELS", "b*"));
        Assert.Equal(Reply("a1", 1L, "x", 0L), await _publisher.AskAsync("PUBSUB", "NUMSUB", "a1", "x"));
        Assert.Equal(1L, await _publisher.AskAsync("PUBSUB", "NUMPAT"));
    }

    [ContractFact]
    public async Task In_resp3_messages_are_pushes_and_a_subscriber_may_publish()
    {
        string[][] commands = [["HELLO", "3"], ["SUBSCRIBE", "r"], ["PUBLISH", "r", "x"], ["QUIT"]];
        var reply = await Door.ExchangeUntilClosedAsync(string.Concat(commands.Select(command => Encoding.Latin1.GetString(RespWire.Encode(command)))));
        Assert.StartsWith("%7\r\n$6\r\nserver\r\n", reply, StringComparison.Ordinal);
        const string Expected = ">3\r\n$9\r\nsubscribe\r\n$1\r\nr\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$1\r\nr\r\n$1\r\nx\r\n:1\r\n+OK\r\n";
        Assert.EndsWith(Expected, reply, StringComparison.Ordinal);
    }

    private static async Task<List<string>> ReadMessagesAsync(RespWire subscriber, int count)
    {
        var messages = new List<string>();
        while (messages.Count < count) messages.Add((string)((object?[])(await subscriber.ReadAsync())!)[2]!);
        return messages;
    }

    protected static object?[] Reply(params object?[] items) => items;
}
