using System.Text.RegularExpressions;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>What clients ask about one another, and shard channels between them. Single answers are held against a real server in <see cref="Parity.RedisParityContract"/>.</summary>
public abstract class ClientCommandContract(Func<Task<RespDoor>> open) : DoorContract<RespDoor>(open)
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [ContractFact]
    public async Task A_client_is_listed_with_its_name_and_what_it_does_and_can_be_ended_by_its_number()
    {
        await using var one = await Door.ConnectAsync();
        await using var two = await Door.ConnectAsync();
        await two.AskAsync("CLIENT", "SETNAME", "two");
        await two.AskAsync("SSUBSCRIBE", "a", "b");
        await two.ReadAsync();
        var list = Assert.IsType<string>(await one.AskAsync("CLIENT", "LIST"));
        var line = Assert.Single(list.Split('\n'), line => line.Contains(" name=two ", StringComparison.Ordinal));
        Assert.Contains(" flags=P db=0 sub=0 psub=0 ssub=2 multi=-1 ", line, StringComparison.Ordinal);
        Assert.Contains(" cmd=ssubscribe ", line, StringComparison.Ordinal);
        Assert.StartsWith("id=", Assert.IsType<string>(await one.AskAsync("CLIENT", "INFO")), StringComparison.Ordinal);
        Assert.DoesNotContain("name=two", Assert.IsType<string>(await one.AskAsync("CLIENT", "LIST", "TYPE", "normal")), StringComparison.Ordinal);
        var id = line[3..line.IndexOf(' ', StringComparison.Ordinal)];
        Assert.Equal(WithoutSeconds(line + "\n"), WithoutSeconds(Assert.IsType<string>(await one.AskAsync("CLIENT", "LIST", "ID", id))));
        Assert.Equal(1L, await one.AskAsync("CLIENT", "KILL", "ID", id));
        await Assert.ThrowsAnyAsync<IOException>(() => two.ReadAsync().WaitAsync(TimeMax));
        Assert.Equal("PONG", await one.AskAsync("PING"));
    }

    [ContractFact]
    public async Task Output_limits_are_shown_and_set_by_class()
    {
        const string Name = "client-output-buffer-limit";
        const string Defaults = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60";
        await using var wire = await Door.ConnectAsync();
        Assert.Equal([Name, Defaults], Assert.IsType<object?[]>(await wire.AskAsync("CONFIG", "GET", Name)));
        foreach (var (value, reason) in new[]
        {
            ("pubsub 1mb 512kb", "Wrong number of arguments in buffer limit configuration."),
            ("foo 1 2 3", "Invalid client class specified in buffer limit configuration."),
            ("pubsub x 2 3", "Error in hard, soft or soft_seconds setting in buffer limit configuration."),
            ("pubsub 1 2 -3", "Error in hard, soft or soft_seconds setting in buffer limit configuration."),
        })
        {
            var expected = new RespError($"ERR CONFIG SET failed (possibly related to argument '{Name}') - {reason}");
            Assert.Equal(expected, await wire.AskAsync("CONFIG", "SET", Name, value));
        }

        Assert.Equal("OK", await wire.AskAsync("CONFIG", "SET", Name, "replica 1 2 3 normal 5k 6Mb 7"));
        Assert.Equal("OK", await wire.AskAsync("CONFIG", "SET", Name, "pubsub 1gb 0 0"));
        Assert.Equal([Name, "normal 5000 6291456 7 slave 1 2 3 pubsub 1073741824 0 0"], Assert.IsType<object?[]>(await wire.AskAsync("CONFIG", "GET", Name)));
        Assert.Equal("OK", await wire.AskAsync("CONFIG", "SET", Name, Defaults));
    }

    [ContractFact]
    public async Task A_client_that_waits_is_unblocked_as_if_its_time_were_up_or_with_an_error()
    {
        await using var waiting = await Door.ConnectAsync();
        await using var other = await Door.ConnectAsync();
        var id = $"{await waiting.AskAsync("CLIENT", "ID")}";
        Assert.Equal(0L, await other.AskAsync("CLIENT", "UNBLOCK", id));
        await waiting.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "s", "$");
        await Eventually.TrueAsync(async () => Equals(await other.AskAsync("CLIENT", "UNBLOCK", id), 1L), "it waits");
        Assert.Null(await waiting.ReadAsync());
        await waiting.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "s", "$");
        await Eventually.TrueAsync(async () => Equals(await other.AskAsync("CLIENT", "UNBLOCK", id, "ERROR"), 1L), "it waits again");
        Assert.Equal(new RespError("UNBLOCKED client unblocked via CLIENT UNBLOCK"), await waiting.ReadAsync());
        Assert.Equal("PONG", await waiting.AskAsync("PING"));
    }

    [ContractFact]
    public async Task While_clients_pause_what_writes_waits_and_is_run_afterwards()
    {
        await using var writer = await Door.ConnectAsync();
        await using var other = await Door.ConnectAsync();
        Assert.Equal("OK", await other.AskAsync("CLIENT", "PAUSE", "1000000", "WRITE"));
        await writer.SendAsync("XADD", "s", "1-1", "a", "b");
        await Eventually.TrueAsync(async () => Assert.IsType<string>(await other.AskAsync("CLIENT", "LIST")).Contains(" flags=b ", StringComparison.Ordinal), "the writer waits");
        Assert.Equal(0L, await other.AskAsync("XLEN", "s"));
        Assert.Equal("OK", await other.AskAsync("CLIENT", "UNPAUSE"));
        Assert.Equal("1-1", await writer.ReadAsync());
        Assert.Equal(1L, await other.AskAsync("XLEN", "s"));
        Assert.Equal("OK", await other.AskAsync("CLIENT", "PAUSE", "1"));
        Assert.Equal("PONG", await other.AskAsync("PING"));
    }

    [ContractFact]
    public async Task Shard_channels_are_apart_from_channels_and_no_pattern_matches_them()
    {
        await using var shard = await Door.ConnectAsync();
        await using var plain = await Door.ConnectAsync();
        await using var wire = await Door.ConnectAsync();
        Assert.Equal(["ssubscribe", "room", 1L], Assert.IsType<object?[]>(await shard.AskAsync("SSUBSCRIBE", "room")));
        await plain.AskAsync("SUBSCRIBE", "room");
        await plain.AskAsync("PSUBSCRIBE", "*");
        Assert.Equal(1L, await wire.AskAsync("SPUBLISH", "room", "one"));
        Assert.Equal(2L, await wire.AskAsync("PUBLISH", "room", "two"));
        Assert.Equal(["smessage", "room", "one"], Assert.IsType<object?[]>(await shard.ReadAsync().WaitAsync(TimeMax)));
        Assert.Equal(["message", "room", "two"], Assert.IsType<object?[]>(await plain.ReadAsync().WaitAsync(TimeMax)));
        Assert.Equal(["pmessage", "*", "room", "two"], Assert.IsType<object?[]>(await plain.ReadAsync().WaitAsync(TimeMax)));
        Assert.Equal(["room"], Assert.IsType<object?[]>(await wire.AskAsync("PUBSUB", "SHARDCHANNELS", "r*")));
        Assert.Equal(["room", 1L, "other", 0L], Assert.IsType<object?[]>(await wire.AskAsync("PUBSUB", "SHARDNUMSUB", "room", "other")));
        Assert.Equal(["room"], Assert.IsType<object?[]>(await wire.AskAsync("PUBSUB", "CHANNELS")));
        Assert.Equal(["sunsubscribe", "room", 0L], Assert.IsType<object?[]>(await shard.AskAsync("SUNSUBSCRIBE")));
        Assert.Equal(0L, await wire.AskAsync("SPUBLISH", "room", "three"));
    }

    [ContractFact]
    public async Task Info_tells_of_the_sections_that_are_asked_for()
    {
        await using var wire = await Door.ConnectAsync();
        var all = Assert.IsType<string>(await wire.AskAsync("INFO"));
        foreach (var section in new[] { "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Keyspace" })
            Assert.Contains($"# {section}\r\n", all, StringComparison.Ordinal);
        Assert.Contains("redis_version:7.0", all, StringComparison.Ordinal);
        Assert.StartsWith("# Clients\r\nconnected_clients:", Assert.IsType<string>(await wire.AskAsync("INFO", "clients")), StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Who_is_idle_for_too_long_is_cut_off_but_not_who_waits_or_listens()
    {
        await using var subscriber = await Door.ConnectAsync();
        await subscriber.AskAsync("HELLO", "3");
        await subscriber.AskAsync("SUBSCRIBE", "room");
        await using var waiting = await Door.ConnectAsync();
        await waiting.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "s", "$");
        await ClientList.WhenBlockedAsync(subscriber, "xread", 1);
        await using var idle = await Door.ConnectAsync();
        Assert.Equal("PONG", await idle.AskAsync("PING"));
        await subscriber.AskAsync("CONFIG", "SET", "timeout", "1");
        await Assert.ThrowsAnyAsync<IOException>(() => idle.ReadAsync().WaitAsync(TimeMax));
        await subscriber.AskAsync("CONFIG", "SET", "timeout", "0");
        await subscriber.AskAsync("XADD", "s", "1-1", "k", "v");
        await subscriber.SendAsync("PUBLISH", "room", "hello");
        Assert.Equal(["message", "room", "hello"], Assert.IsType<object?[]>(await subscriber.ReadAsync().WaitAsync(TimeMax)));
        Assert.NotNull(await waiting.ReadAsync().WaitAsync(TimeMax));
    }

    /// <summary>How long a client has been there and idle may be another second already.</summary>
    private static string WithoutSeconds(string line) => Regex.Replace(line, " (age|idle)=[0-9]+", " $1=n");
}
