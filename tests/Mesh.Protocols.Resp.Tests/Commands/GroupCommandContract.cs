using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Consumer groups where more than one client, or time, has a part. The rest is held against a real server in <see cref="Parity.StreamParityContract"/>.</summary>
public abstract class GroupCommandContract(Func<Task<RespDoor>> open) : DoorContract<RespDoor>(open)
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    private RespWire _wire = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _wire = await Door.ConnectAsync();
    }

    public override async Task DisposeAsync()
    {
        await _wire.DisposeAsync();
        await base.DisposeAsync();
    }

    [ContractFact]
    public async Task Who_waits_for_a_group_gets_what_is_added()
    {
        var waiting = await WaitAsync();
        Assert.Equal("1-1", await _wire.AskAsync("XADD", "s", "1-1", "k", "v"));
        var reply = Assert.IsType<object?[]>(await waiting.ReadAsync().WaitAsync(TimeMax));
        Assert.Equal("1-1", ((object?[])((object?[])((object?[])reply[0]!)[1]!)[0]!)[0]);
        Assert.Equal(1L, await _wire.AskAsync("XACK", "s", "g", "1-1"));
        await waiting.DisposeAsync();
    }

    [ContractFact]
    public async Task Each_entry_wakes_those_who_wait_but_goes_to_one_of_them()
    {
        var waiting = new[] { await WaitAsync("one"), await WaitAsync("two"), await WaitAsync("three") };
        for (var i = 1; i <= waiting.Length; i++) await _wire.AskAsync("XADD", "s", $"{i}-0", "k", "v");
        var replies = await Task.WhenAll(waiting.Select(wire => wire.ReadAsync())).WaitAsync(TimeMax);
        Assert.Equal(["1-0", "2-0", "3-0"], replies.SelectMany(IdsOf).Order());
        foreach (var wire in waiting) await wire.DisposeAsync();
    }

    [ContractFact]
    public async Task Who_waits_for_a_group_is_told_that_it_is_gone()
    {
        var waiting = await WaitAsync();
        await ClientList.WhenBlockedAsync(_wire, "xreadgroup", 1);
        await _wire.AskAsync("XGROUP", "DESTROY", "s", "g");
        Assert.Equal(new RespError("NOGROUP the consumer group this client was blocked on no longer exists"), await waiting.ReadAsync().WaitAsync(TimeMax));
        await waiting.DisposeAsync();
        waiting = await WaitAsync();
        await ClientList.WhenBlockedAsync(_wire, "xreadgroup", 1);
        await _wire.AskAsync("DEL", "s");
        Assert.Equal(new RespError("UNBLOCKED the stream key no longer exists"), await waiting.ReadAsync().WaitAsync(TimeMax));
        await waiting.DisposeAsync();
    }

    [ContractFact]
    public async Task A_name_that_is_no_text_is_refused()
    {
        await _wire.SendRawAsync("*5\r\n$6\r\nXGROUP\r\n$6\r\nCREATE\r\n$1\r\ns\r\n$1\r\n"u8.ToArray().Append((byte)0xFF).Concat("\r\n$1\r\n0\r\n"u8.ToArray()).ToArray());
        Assert.Equal(new RespError("ERR names of groups and consumers must be UTF-8 text"), await _wire.ReadAsync());
    }

    /// <summary>A client that waits for new entries of a group, which is created for it.</summary>
    private async Task<RespWire> WaitAsync(string consumer = "c")
    {
        await _wire.AskAsync("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
        var wire = await Door.ConnectAsync();
        await wire.SendAsync("XREADGROUP", "GROUP", "g", consumer, "COUNT", "1", "BLOCK", "0", "STREAMS", "s", ">");
        return wire;
    }

    private static IEnumerable<string> IdsOf(object? reply)
    {
        foreach (var stream in (object?[])reply!)
            foreach (var entry in (object?[])((object?[])stream!)[1]!) yield return (string)((object?[])entry!)[0]!;
    }
}
