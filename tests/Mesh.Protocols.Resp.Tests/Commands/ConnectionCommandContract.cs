using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>What clients send when they connect.</summary>
public abstract class ConnectionCommandContract(Func<Task<RespDoor>> open) : DoorContract<RespDoor>(open)
{
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
    public async Task Hello_names_server_and_version()
    {
        var hello = (object?[])(await _wire.AskAsync("HELLO", "2", "AUTH", "default", "x", "SETNAME", "me"))!;
        Assert.Equal(new object?[] { "server", "redis" }, hello[..2]);
        Assert.Equal("me", await _wire.AskAsync("CLIENT", "GETNAME"));
        Assert.Equal(new RespError("NOPROTO unsupported protocol version"), await _wire.AskAsync("HELLO", "4"));
    }

    [ContractFact]
    public async Task There_is_no_password_and_one_database()
    {
        Assert.StartsWith("ERR AUTH <password> called without any password", ((RespError)(await _wire.AskAsync("AUTH", "x"))!).Text, StringComparison.Ordinal);
        Assert.Equal("OK", await _wire.AskAsync("AUTH", "default", "x"));
        Assert.Equal(new RespError("WRONGPASS invalid username-password pair or user is disabled."), await _wire.AskAsync("AUTH", "me", "x"));
        Assert.Equal("OK", await _wire.AskAsync("SELECT", "0"));
        Assert.Equal(new RespError("ERR DB index is out of range"), await _wire.AskAsync("SELECT", "1"));
    }

    [ContractFact]
    public async Task A_client_can_name_itself_and_ask_who_it_is()
    {
        Assert.Null(await _wire.AskAsync("CLIENT", "GETNAME"));
        Assert.Equal("OK", await _wire.AskAsync("CLIENT", "SETNAME", "worker-1"));
        Assert.Equal("worker-1", await _wire.AskAsync("CLIENT", "GETNAME"));
        Assert.StartsWith("ERR Client names cannot contain spaces", ((RespError)(await _wire.AskAsync("CLIENT", "SETNAME", "a b"))!).Text, StringComparison.Ordinal);
        Assert.IsType<long>(await _wire.AskAsync("CLIENT", "ID"));
        Assert.Equal("OK", await _wire.AskAsync("CLIENT", "SETINFO", "LIB-NAME", "x"));
    }

    [ContractFact]
    public async Task The_server_tells_about_itself()
    {
        Assert.Contains("redis_version:7.0.15", (string)(await _wire.AskAsync("INFO"))!, StringComparison.Ordinal);
        Assert.Contains("loading:0", (string)(await _wire.AskAsync("INFO"))!, StringComparison.Ordinal);
        Assert.Equal(new object?[] { "save", "" }, await _wire.AskAsync("CONFIG", "GET", "save"));
        Assert.True((long)(await _wire.AskAsync("COMMAND", "COUNT"))! > 20);
        Assert.Equal(2, ((object?[])(await _wire.AskAsync("TIME"))!).Length);
    }
}
