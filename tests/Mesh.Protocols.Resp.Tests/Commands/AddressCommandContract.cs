using System.Text;
using Mesh.Frames;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Tools;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Streams of every kind by their addresses, behind <c>mesh:</c>.</summary>
public abstract class AddressCommandContract(Func<Task<RespDoor>> open) : OneClientContract(open)
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    /// <summary>Streams of all kinds are not cleared away between tests.</summary>
    private readonly string _name = $"n{Guid.NewGuid():N}";

    public static TheoryData<string> Addresses() => ["channel:{0}", "channel:{0}/agent7", "queue:{0}", "partition:{0}", "topic:{0}", "room:{0}"];

    [ContractTheory]
    [MemberData(nameof(Addresses))]
    public async Task What_is_added_by_an_address_is_read_by_it(string address)
    {
        var key = await OpenAsync(address);
        var ids = new List<string>();
        foreach (var value in new[] { "a", "b", "c" }) ids.Add(Assert.IsType<string>(await Client.AskAsync("XADD", key, "*", "field", value)));
        Assert.All(ids, id => Assert.EndsWith("-0", id, StringComparison.Ordinal));
        object?[] all = [Entry(ids[0], "field", "a"), Entry(ids[1], "field", "b"), Entry(ids[2], "field", "c")];
        Assert.Equal(all, await Client.AskAsync("XRANGE", key, "-", "+"));
        Assert.Equal(Enumerable.Reverse(all), await Client.AskAsync("XREVRANGE", key, "+", "-"));
        Assert.Equal(all[1..], await Client.AskAsync("XRANGE", key, ids[1], ids[2].Split('-')[0]));
        Assert.Equal(all[1..2], await Client.AskAsync("XRANGE", key, $"({ids[0]}", "+", "COUNT", "1"));
        Assert.Equal(One(Reply(key, all)), await Client.AskAsync("XREAD", "STREAMS", key, "0"));
        Assert.Equal(One(Reply(key, all[2..])), await Client.AskAsync("XREAD", "STREAMS", key, ids[1]));
        Assert.Null(await Client.AskAsync("XREAD", "STREAMS", key, "$"));
        await using var other = await Door.ConnectAsync();
        await other.SendAsync("XREAD", "BLOCK", "0", "STREAMS", key, ids[2]);
        var fourth = await Client.AskAsync("XADD", key, "*", "field", "d");
        Assert.Equal(One(Reply(key, One(Entry((string)fourth!, "field", "d")))), await other.ReadAsync().WaitAsync(TimeMax));
        Assert.Equal(Reply(fourth, Reply("field", "d")), Assert.IsType<object?[]>(await Client.AskAsync("XREVRANGE", key, "+", "-", "COUNT", "1"))[0]);
    }

    [ContractFact]
    public async Task A_room_that_keeps_nothing_is_not_read_or_followed_by_its_address_and_the_answer_says_what_would_be_right()
    {
        var key = $"mesh:room:{_name}";
        foreach (var command in (string[][])[["XRANGE", key, "-", "+"], ["XREAD", "BLOCK", "0", "STREAMS", key, "$"], ["XREAD", "STREAMS", key, "0"], ["SUBSCRIBE", key]])
        {
            var error = Assert.IsType<RespError>(await Client.AskAsync(command).WaitAsync(TimeMax));
            Assert.Equal($"ERR room:{_name} keeps no history; SUBSCRIBE {_name} hears its messages live, and ROOM HISTORY {_name} COUNT n makes it keep them", error.Text);
        }

        Assert.Equal("OK", await Client.AskAsync("ROOM", "HISTORY", _name, "COUNT", "10"));
        Assert.Equal(Reply(), await Client.AskAsync("XRANGE", key, "-", "+"));
    }

    [ContractTheory]
    [InlineData("channel:{0}")]
    [InlineData("channel:{0}/agent7")]
    [InlineData("partition:{0}")]
    [InlineData("topic:{0}")]
    [InlineData("room:{0}")]
    public async Task Groups_hand_out_by_address(string address)
    {
        var key = await OpenAsync(address);
        var ids = new List<string>();
        foreach (var value in new[] { "a", "b" }) ids.Add((string)(await Client.AskAsync("XADD", key, "*", "f", value))!);
        Assert.Equal("OK", await Client.AskAsync("XGROUP", "CREATE", key, "g", "0"));
        Assert.Equal("BUSYGROUP Consumer Group name already exists", Assert.IsType<RespError>(await Client.AskAsync("XGROUP", "CREATE", key, "g", "0")).Text);
        Assert.Equal(One(Reply(key, One(Entry(ids[0], "f", "a")))), await Client.AskAsync("XREADGROUP", "GROUP", "g", "one", "COUNT", "1", "STREAMS", key, ">"));
        Assert.Equal(One(Reply(key, One(Entry(ids[1], "f", "b")))), await Client.AskAsync("XREADGROUP", "GROUP", "g", "two", "STREAMS", key, ">"));
        Assert.Equal(Reply(2L, ids[0], ids[1], Reply(Reply("one", "1"), Reply("two", "1"))), await Client.AskAsync("XPENDING", key, "g"));
        Assert.Equal(1L, await Client.AskAsync("XACK", key, "g", ids[0]));
        Assert.Equal(Reply("0-0", One(Entry(ids[1], "f", "b")), Reply()), await Client.AskAsync("XAUTOCLAIM", key, "g", "three", "0", "0"));
        var groups = Assert.IsType<object?[]>(await Client.AskAsync("XINFO", "GROUPS", key));
        Assert.Equal(Reply("name", "g", "consumers", 3L, "pending", 1L, "last-delivered-id", ids[1]), ((object?[])groups[0]!)[..8]);
        await using var other = await Door.ConnectAsync();
        await other.SendAsync("XREADGROUP", "GROUP", "g", "one", "BLOCK", "0", "STREAMS", key, ">");
        var third = (string)(await Client.AskAsync("XADD", key, "*", "f", "c"))!;
        Assert.Equal(One(Reply(key, One(Entry(third, "f", "c")))), await other.ReadAsync().WaitAsync(TimeMax));
    }

    [ContractFact]
    public async Task A_key_of_a_stream_shows_its_records_under_the_streams_ids()
    {
        var (tree, a, b) = ($"mesh:channel:{_name}", $"mesh:channel:{_name}/a", $"mesh:channel:{_name}/b");
        foreach (var key in new[] { a, b, a, b, a }) await Client.AskAsync("XADD", key, "*", "at", key);
        Assert.Equal(Reply(Entry("2-0", "at", b), Entry("4-0", "at", b)), await Client.AskAsync("XRANGE", b, "-", "+"));
        Assert.Equal(Reply(Entry("5-0", "at", a), Entry("3-0", "at", a)), await Client.AskAsync("XREVRANGE", a, "+", "2"));
        Assert.Equal(5L, await Client.AskAsync("XLEN", tree));
        Assert.Contains("not counted", Assert.IsType<RespError>(await Client.AskAsync("XLEN", a)).Text, StringComparison.Ordinal);
        foreach (var key in new[] { a, b, tree }) Assert.Equal("OK", await Client.AskAsync("XGROUP", "CREATE", key, "g", "0"));
        Assert.Equal(One(Reply(b, Reply(Entry("2-0", "at", b), Entry("4-0", "at", b)))), await Client.AskAsync("XREADGROUP", "GROUP", "g", "one", "STREAMS", b, ">"));
        Assert.Equal(2L, await Client.AskAsync("XACK", b, "g", "2-0", "4", "3-0"));
        Assert.Equal(5, ((object?[])((object?[])((object?[])(await Client.AskAsync("XREADGROUP", "GROUP", "g", "one", "STREAMS", tree, ">"))!)[0]!)[1]!).Length);
    }

    [ContractFact]
    public async Task A_rings_address_is_the_ring()
    {
        Assert.Equal("1-1", await Client.AskAsync("XADD", $"mesh:ring:{_name}", "1-1", "f", "v"));
        Assert.Equal("1-2", await Client.AskAsync("XADD", _name, "1-2", "f", "w"));
        Assert.Equal(Reply(Entry("1-1", "f", "v"), Entry("1-2", "f", "w")), await Client.AskAsync("XRANGE", $"mesh:ring:{_name}", "-", "+"));
        Assert.Equal(1L, await Client.AskAsync("XDEL", $"mesh:ring:{_name}", "1-1"));
        Assert.Equal(1L, await Client.AskAsync("XLEN", _name));
    }

    [ContractFact]
    public async Task What_came_through_another_door_shows_as_data_with_what_is_known_of_it()
    {
        using var writer = new SegmentWriter();
        writer.Add(new RecordFields { Key = "/a"u8, ContentType = ContentType.Json }, "{\"x\":1}"u8);
        writer.Add(default, "plain"u8);
        await Door.Mesh.Channel(StreamName.Channel(_name)).AppendAsync(writer.Finish().ToArray());
        Assert.Equal(
            Reply(Entry("1-0", "data", "{\"x\":1}", "key", "/a", "type", "application/json"), Entry("2-0", "data", "plain")),
            await Client.AskAsync("XRANGE", $"mesh:channel:{_name}", "-", "+"));
    }

    [ContractFact]
    public async Task What_is_added_over_resp_is_fields_for_every_other_door()
    {
        await Client.AskAsync("XADD", $"mesh:partition:{_name}", "*", "a", "1");
        var page = await Door.Mesh.Partition(StreamName.Partition(_name)).ReadAsync(new ReadQuery());
        foreach (var record in page)
        {
            Assert.Equal(ContentType.RespFields, record.ContentType);
            Assert.Equal("*2\r\n$1\r\na\r\n$1\r\n1\r\n", Encoding.UTF8.GetString(record.Body));
        }

        Assert.Equal(1, page.Count);
    }

    [ContractTheory]
    [InlineData("ring:{0}")]
    [InlineData("channel:{0}/agent7")]
    [InlineData("queue:{0}")]
    [InlineData("topic:{0}")]
    public async Task A_subscriber_to_an_address_hears_its_records(string address)
    {
        var key = await OpenAsync(address);
        await Client.AskAsync("XADD", key, "*", "data", "before");
        await using var subscriber = await Door.ConnectAsync();
        Assert.Equal(Reply("subscribe", key, 1L), await subscriber.AskAsync("SUBSCRIBE", key));
        await Client.AskAsync("XADD", $"mesh:channel:{_name}/other", "*", "data", "elsewhere");
        await Client.AskAsync("XADD", $"mesh:topic:{_name}.other", "*", "data", "elsewhere");
        await Client.AskAsync("XADD", key, "*", "data", "hello");
        await Client.AskAsync("XADD", key, "*", "a", "1", "b", "2");
        Assert.Equal(Reply("message", key, "hello"), await subscriber.ReadAsync().WaitAsync(TimeMax));
        Assert.Equal(Reply("message", key, "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n"), await subscriber.ReadAsync().WaitAsync(TimeMax));
        Assert.Equal(Reply("unsubscribe", key, 0L), await subscriber.AskAsync("UNSUBSCRIBE", key));
        await Client.AskAsync("XADD", key, "*", "data", "after");
        Assert.Equal("PONG", await subscriber.AskAsync("PING"));
    }

    [ContractFact]
    public async Task What_only_rings_can_and_what_is_no_address_is_refused_with_a_reason()
    {
        await RefusedAsync("no ring", "XADD", $"mesh:queue:{_name}", "7-7", "f", "v");
        await RefusedAsync("no ring", "XADD", $"mesh:queue:{_name}", "MAXLEN", "3", "*", "f", "v");
        await RefusedAsync("no ring", "XTRIM", $"mesh:topic:{_name}", "MAXLEN", "0");
        await RefusedAsync("no ring", "XDEL", $"mesh:channel:{_name}", "1-0");
        await RefusedAsync("no ring", "XSETID", $"mesh:channel:{_name}", "1-0");
        await RefusedAsync("claims for all", "XGROUP", "CREATE", $"mesh:queue:{_name}", "g", "0", "MKSTREAM");
        await RefusedAsync("begins with 'stream'", "XADD", "mesh:stream:x", "*", "f", "v");
        await RefusedAsync("has no colon", "XRANGE", "mesh:", "-", "+");
        await RefusedAsync("has none", "SUBSCRIBE", "mesh:ring:");
    }

    [ToolFact("redis-tools", "redis-cli")]
    public async Task Redis_cli_adds_and_reads_by_address()
    {
        Task<string> Run(params string[] command) => Command.RunAsync(Path.GetTempPath(), "redis-cli", ["-h", "127.0.0.1", "-p", Door.Port, .. command]);
        Assert.Equal("1-0\n", await Run("XADD", $"mesh:channel:{_name}/agent7", "*", "data", "hello"));
        Assert.Equal("1-0\ndata\nhello\n", await Run("XRANGE", $"mesh:channel:{_name}", "-", "+"));
        Assert.Equal($"mesh:channel:{_name}/agent7\n1-0\ndata\nhello\n", await Run("XREAD", "STREAMS", $"mesh:channel:{_name}/agent7", "0"));
    }

    private static object?[] One(object? item) => [item];

    private static object?[] Entry(string id, params object?[] fields) => [id, fields];

    private async Task RefusedAsync(string reason, params string[] command) =>
        Assert.Contains(reason, Assert.IsType<RespError>(await Client.AskAsync(command)).Text, StringComparison.Ordinal);

    /// <summary>A room is told to keep a history, without which it has no records.</summary>
    private async Task<string> OpenAsync(string address)
    {
        var key = string.Format(System.Globalization.CultureInfo.InvariantCulture, $"mesh:{address}", _name);
        if (address.StartsWith("room", StringComparison.Ordinal)) await Door.Mesh.Catalogue.CreateAsync(StreamName.Room(_name), StreamOptions.Default, default);
        return key;
    }
}
