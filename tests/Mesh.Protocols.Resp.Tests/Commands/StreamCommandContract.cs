using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Streams as Redis 7 has them.</summary>
public abstract class StreamCommandContract(Func<Task<RespDoor>> open) : OneClientContract(open)
{
    [ContractFact]
    public async Task An_entry_is_read_back_with_its_id_and_fields()
    {
        var id = await Client.AskAsync("XADD", "s", "*", "a", "1", "b", "");
        Assert.Equal(Array(Entry(id, "a", "1", "b", "")), await Client.AskAsync("XRANGE", "s", "-", "+"));
        Assert.Equal(1L, await Client.AskAsync("XLEN", "s"));
        Assert.Equal("stream", await Client.AskAsync("TYPE", "s"));
    }

    [ContractFact]
    public async Task Explicit_ids_must_rise()
    {
        Assert.Equal("5-1", await Client.AskAsync("XADD", "s", "5-1", "k", "v"));
        Assert.Equal("5-2", await Client.AskAsync("XADD", "s", "5-*", "k", "v"));
        Assert.Equal("6-0", await Client.AskAsync("XADD", "s", "6", "k", "v"));
        Assert.Equal(new RespError("ERR The ID specified in XADD is equal or smaller than the target stream top item"), await Client.AskAsync("XADD", "s", "6-0", "k", "v"));
        Assert.Equal(new RespError("ERR The ID specified in XADD must be greater than 0-0"), await Client.AskAsync("XADD", "s", "0-0", "k", "v"));
        Assert.Equal(new RespError("ERR Invalid stream ID specified as stream command argument"), await Client.AskAsync("XADD", "s", "x-1", "k", "v"));
        Assert.Equal("0-1", await Client.AskAsync("XADD", "t", "0-*", "k", "v"));
    }

    [ContractFact]
    public async Task When_no_ids_are_left_nothing_can_be_added_and_other_streams_go_on()
    {
        Assert.Equal("18446744073709551615-18446744073709551614", await Client.AskAsync("XADD", "s", "18446744073709551615-18446744073709551614", "k", "v"));
        Assert.Equal("18446744073709551615-18446744073709551615", await Client.AskAsync("XADD", "s", "*", "k", "v"));
        Assert.Equal(new RespError("ERR The stream has exhausted the last possible ID, unable to add more items"), await Client.AskAsync("XADD", "s", "*", "k", "v"));
        Assert.IsType<string>(await Client.AskAsync("XADD", "t", "*", "k", "v"));
    }

    [ContractFact]
    public async Task A_pipeline_for_which_a_millisecond_has_too_few_ids_left_goes_on_in_the_next()
    {
        await Client.AskAsync("XADD", "s", "99999999999999-18446744073709551614", "k", "v");
        await Client.SendRawAsync(Enumerable.Range(0, 3).SelectMany(_ => RespWire.Encode("XADD", "s", "*", "k", "v")).ToArray());
        for (var i = 0; i < 3; i++) Assert.Equal($"100000000000000-{i}", await Client.ReadAsync());
    }

    [ContractFact]
    public async Task Ranges_go_both_ways_from_any_id_and_may_leave_out_their_ends()
    {
        for (var i = 1; i <= 5; i++) await Client.AskAsync("XADD", "s", $"{i}-0", "k", $"{i}");
        Assert.Equal(["2-0", "3-0"], await IdsAsync("XRANGE", "s", "2", "3"));
        Assert.Equal(["3-0", "4-0"], await IdsAsync("XRANGE", "s", "(2-0", "(5-0"));
        Assert.Equal(["1-0", "2-0"], await IdsAsync("XRANGE", "s", "-", "+", "COUNT", "2"));
        Assert.Equal(["5-0", "4-0"], await IdsAsync("XREVRANGE", "s", "+", "-", "COUNT", "2"));
        Assert.Equal([], await IdsAsync("XRANGE", "s", "7", "9"));
        Assert.Equal([], await IdsAsync("XRANGE", "nothing", "-", "+"));
    }

    [ContractFact]
    public async Task A_stream_is_trimmed_by_count_and_by_id()
    {
        for (var i = 1; i <= 6; i++) await Client.AskAsync("XADD", "s", $"{i}-0", "k", "v");
        Assert.Equal(2L, await Client.AskAsync("XTRIM", "s", "MAXLEN", "4"));
        Assert.Equal(1L, await Client.AskAsync("XTRIM", "s", "MINID", "=", "4-0"));
        Assert.Equal("7-0", await Client.AskAsync("XADD", "s", "MAXLEN", "~", "2", "LIMIT", "10", "7-0", "k", "v"));
        Assert.Equal(["6-0", "7-0"], await IdsAsync("XRANGE", "s", "-", "+"));
        Assert.Equal("8-0", await Client.AskAsync("XADD", "s", "MINID", "8", "8-0", "k", "v"));
        Assert.Equal(["8-0"], await IdsAsync("XRANGE", "s", "-", "+"));
    }

    [ContractFact]
    public async Task A_limit_bounds_what_an_approximate_trim_drops()
    {
        for (var i = 1; i <= 6; i++) await Client.AskAsync("XADD", "s", $"{i}-0", "k", "v");
        Assert.Equal(2L, await Client.AskAsync("XTRIM", "s", "MAXLEN", "~", "1", "LIMIT", "2"));
        Assert.Equal(1L, await Client.AskAsync("XTRIM", "s", "LIMIT", "1", "MINID", "~", "6-0"));
        Assert.Equal("7-0", await Client.AskAsync("XADD", "s", "MAXLEN", "~", "1", "LIMIT", "2", "7-0", "k", "v"));
        Assert.Equal(["6-0", "7-0"], await IdsAsync("XRANGE", "s", "-", "+"));
        Assert.Equal(1L, await Client.AskAsync("XTRIM", "s", "MAXLEN", "~", "1", "LIMIT", "0"));
    }

    [ContractFact]
    public async Task Without_a_count_xread_and_xreadgroup_answer_all_there_is()
    {
        const int Entries = 10_050;
        await Door.Mesh.Ring(StreamName.Ring("s")).AppendAsync(Given.Segment([.. Enumerable.Range(0, Entries).Select(i => $"{i}")]));
        Assert.Equal(Entries, EntriesOf(await Client.AskAsync("XREAD", "STREAMS", "s", "0")));
        await Client.AskAsync("XGROUP", "CREATE", "s", "g", "0");
        Assert.Equal(Entries, EntriesOf(await Client.AskAsync("XREADGROUP", "GROUP", "g", "one", "STREAMS", "s", ">")));
        Assert.Equal(Entries, EntriesOf(await Client.AskAsync("XREADGROUP", "GROUP", "g", "one", "STREAMS", "s", "0")));

        static int EntriesOf(object? reply) => ((object?[])((object?[])((object?[])reply!)[0]!)[1]!).Length;
    }

    [ContractFact]
    public async Task Xread_without_a_count_reads_on_where_storage_answers_in_parts()
    {
        const int Entries = 40;
        var value = new string('x', 1024 * 1024);
        for (var i = 0; i < Entries; i++) await Client.AskAsync("XADD", "s", "*", "k", value);
        var reply = (object?[])(await Client.AskAsync("XREAD", "STREAMS", "s", "0"))!;
        Assert.Equal(Entries, ((object?[])((object?[])reply[0]!)[1]!).Length);
    }

    [ContractFact]
    public async Task Nomkstream_creates_nothing()
    {
        Assert.Null(await Client.AskAsync("XADD", "s", "NOMKSTREAM", "*", "k", "v"));
        Assert.Equal(0L, await Client.AskAsync("EXISTS", "s"));
    }

    [ContractFact]
    public async Task Wrong_arguments_are_refused_in_the_words_of_redis()
    {
        Assert.Equal(new RespError("ERR wrong number of arguments for 'xadd' command"), await Client.AskAsync("XADD", "s", "*", "k"));
        Assert.Equal(new RespError("ERR wrong number of arguments for 'xadd' command"), await Client.AskAsync("XADD", "s", "*", "k", "v", "k"));
        Assert.Equal(new RespError("ERR syntax error, LIMIT cannot be used without the special ~ option"), await Client.AskAsync("XADD", "s", "MAXLEN", "1", "LIMIT", "1", "*", "k", "v"));
        Assert.Equal(new RespError("ERR value is not an integer or out of range"), await Client.AskAsync("XADD", "s", "MAXLEN", "x", "*", "k", "v"));
        Assert.Equal(new RespError("ERR syntax error"), await Client.AskAsync("XRANGE", "s", "-", "+", "COUNT"));
        Assert.Equal(
            new RespError("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified."), await Client.AskAsync("XREAD", "STREAMS", "s", "t", "0"));
        Assert.Equal(new RespError("ERR timeout is negative"), await Client.AskAsync("XREAD", "BLOCK", "-1", "STREAMS", "s", "0"));
    }

    [ContractFact]
    public async Task Xread_reads_several_streams_after_their_ids()
    {
        await Client.AskAsync("XADD", "s", "1-0", "k", "1");
        await Client.AskAsync("XADD", "s", "2-0", "k", "2");
        await Client.AskAsync("XADD", "t", "1-0", "k", "3");
        Assert.Equal(
            Array(Array("s", Array(Entry("2-0", "k", "2"))), Array("t", Array(Entry("1-0", "k", "3")))),
            await Client.AskAsync("XREAD", "COUNT", "10", "STREAMS", "s", "t", "1-0", "0"));
        Assert.Null(await Client.AskAsync("XREAD", "STREAMS", "s", "$"));
    }

    [ContractFact]
    public async Task A_blocked_xread_gets_what_comes_and_others_are_served_meanwhile()
    {
        await using var blocked = await Door.ConnectAsync();
        await Client.AskAsync("XADD", "s", "1-0", "k", "old");
        await blocked.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "t", "s", "$", "$");
        var reading = blocked.ReadAsync();
        await BlockedAsync();
        Assert.False(reading.IsCompleted);
        await Client.AskAsync("XADD", "s", "2-0", "k", "new");
        Assert.Equal(Array(Array("s", Array(Entry("2-0", "k", "new")))), await reading);
    }

    [ContractFact]
    public async Task A_blocked_xread_waits_on_when_what_comes_is_not_after_its_id()
    {
        await using var blocked = await Door.ConnectAsync();
        await blocked.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "s", "5-0");
        await BlockedAsync();
        await Client.AskAsync("XADD", "s", "3-0", "k", "before");
        await BlockedAsync();
        await Client.AskAsync("XADD", "s", "6-0", "k", "after");
        Assert.Equal(Array(Array("s", Array(Entry("6-0", "k", "after")))), await blocked.ReadAsync());
    }

    [ContractFact]
    public async Task What_is_sent_behind_a_blocked_xread_is_answered_after_it()
    {
        await using var blocked = await Door.ConnectAsync();
        await blocked.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "s", "$");
        await blocked.SendAsync("ECHO", "first");
        await BlockedAsync();
        await blocked.SendAsync("ECHO", "second");
        await Client.AskAsync("XADD", "s", "1-0", "k", "v");
        while (!Equals(await Client.AskAsync("XLEN", "s"), 1L)) await Task.Yield();
        Assert.Equal(Array(Array("s", Array(Entry("1-0", "k", "v")))), await blocked.ReadAsync());
        Assert.Equal("first", await blocked.ReadAsync());
        Assert.Equal("second", await blocked.ReadAsync());
    }

    [ContractFact]
    public async Task A_blocked_xread_ends_with_null_when_its_time_is_up() =>
        Assert.Null(await Client.AskAsync("XREAD", "BLOCK", "10", "STREAMS", "s", "$"));

    [ContractFact]
    public async Task A_deleted_stream_is_gone_and_begins_anew()
    {
        await Client.AskAsync("XADD", "s", "9-0", "k", "v");
        Assert.Equal(1L, await Client.AskAsync("DEL", "s", "t"));
        Assert.Equal(0L, await Client.AskAsync("XLEN", "s"));
        Assert.Equal("1-0", await Client.AskAsync("XADD", "s", "1-0", "k", "v"));
    }

    [ContractFact]
    public async Task A_pipeline_is_answered_in_order_and_what_follows_sees_what_was_added()
    {
        var pipeline = new List<byte>();
        for (var i = 0; i < 500; i++)
        {
            pipeline.AddRange(RespWire.Encode("XADD", i % 3 == 0 ? "s" : "t", "*", "n", $"{i}"));
            if (i % 50 == 0) pipeline.AddRange(RespWire.Encode("XLEN", "s"));
            if (i % 70 == 0) pipeline.AddRange(RespWire.Encode("XADD", "s"));
        }

        await Client.SendRawAsync(pipeline.ToArray());
        long added = 0;
        for (var i = 0; i < 500; i++)
        {
            Assert.Matches("^[0-9]+-[0-9]+$", Assert.IsType<string>(await Client.ReadAsync()));
            added += i % 3 == 0 ? 1 : 0;
            if (i % 50 == 0) Assert.Equal(added, await Client.ReadAsync());
            if (i % 70 == 0) Assert.IsType<RespError>(await Client.ReadAsync());
        }

        var ids = await IdsAsync("XRANGE", "s", "-", "+");
        Assert.Equal(added, ids.Count);
    }

    [ContractFact]
    public async Task What_was_added_before_a_broken_frame_is_stored_and_answered_first()
    {
        var reply = await Door.ExchangeUntilClosedAsync("XADD s * k v\r\nXADD s * k v\r\n*x\r\n");
        Assert.Matches("^\\$15\r\n[0-9]{13}-[0-9]\r\n\\$15\r\n[0-9]{13}-[0-9]\r\n-ERR Protocol error: invalid multibulk length\r\n$", reply);
        Assert.Equal(2L, await Client.AskAsync("XLEN", "s"));
    }

    [ContractFact]
    public async Task An_entry_that_is_too_large_is_refused_alone()
    {
        await Client.SendAsync("XADD", "s", "*", "k", "before");
        await Client.SendAsync("XADD", "s", "*", "k", new string('x', 34 * 1024 * 1024));
        await Client.SendAsync("XADD", "s", "*", "k", "after");
        Assert.IsType<string>(await Client.ReadAsync());
        Assert.StartsWith("ERR An entry takes at most ", Assert.IsType<RespError>(await Client.ReadAsync()).Text, StringComparison.Ordinal);
        Assert.IsType<string>(await Client.ReadAsync());
        Assert.Equal(2L, await Client.AskAsync("XLEN", "s"));
    }

    [ContractFact]
    public async Task Many_large_replies_to_few_bytes_all_arrive_although_they_are_read_late()
    {
        const int Requests = 200;
        await Client.AskAsync("XADD", "s", "1-0", "k", new string('x', 256 * 1024));
        await Client.SendRawAsync(Enumerable.Range(0, Requests).SelectMany(_ => RespWire.Encode("XRANGE", "s", "-", "+")).ToArray());
        await using var other = await Door.ConnectAsync();
        Assert.Equal("PONG", await other.AskAsync("PING"));
        for (var i = 0; i < Requests; i++) Assert.Single(Assert.IsType<object?[]>(await Client.ReadAsync()));
        Assert.Equal("PONG", await Client.AskAsync("PING"));
    }

    [ContractFact]
    public async Task A_key_that_is_no_text_is_refused() =>
        Assert.Equal("-ERR a stream's key must be UTF-8 text\r\n", await Door.ExchangeAsync("*2\r\n$4\r\nXLEN\r\n$1\r\n"u8.ToArray().Concat(new byte[] { 0xFF, 13, 10 }).ToArray(), 1000, 40));

    [ContractFact]
    public async Task What_another_protocol_stored_shows_as_data()
    {
        await Door.Mesh.Ring(StreamName.Ring("s")).AppendAsync(Given.Keyed("topic", "body"));
        var entries = (object?[])(await Client.AskAsync("XRANGE", "s", "-", "+"))!;
        Assert.Equal(Array("data", "body", "key", "topic"), ((object?[])entries[0]!)[1]);
    }

    /// <summary>A client waits in XREAD, from where the streams then end; and what was added before has woken it by now, or soon will.</summary>
    private async Task BlockedAsync()
    {
        await ClientList.WhenBlockedAsync(Client, "xread", 1);
        for (var i = 0; i < 20; i++) await Client.AskAsync("PING");
    }

    private async Task<List<string>> IdsAsync(params string[] command)
    {
        var entries = (object?[])(await Client.AskAsync(command))!;
        return [.. entries.Select(entry => (string)((object?[])entry!)[0]!)];
    }

    private static object Entry(object? id, params object?[] fields) => new object?[] { id, fields };

    private static object Array(params object?[] items) => items;
}
