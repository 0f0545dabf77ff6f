using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>What clients send when they connect.</summary>
public abstract class ConnectionCommandContract(Func<Task<RespDoor>> open) : OneClientContract(open)
{
    [ContractFact]
    public async Task Hello_names_server_and_version()
    {
        var hello = (object?[])(await Client.AskAsync("HELLO", "2", "AUTH", "default", "x", "SETNAME", "me"))!;
        Assert.Equal(new object?[] { "server", "redis" }, hello[..2]);
        Assert.Equal("me", await Client.AskAsync("CLIENT", "GETNAME"));
        Assert.Equal(new RespError("NOPROTO unsupported protocol version"), await Client.AskAsync("HELLO", "4"));
    }

    [ContractFact]
    public async Task There_is_no_password_and_one_database()
    {
        Assert.StartsWith("ERR AUTH <password> called without any password", ((RespError)(await Client.AskAsync("AUTH", "x"))!).Text, StringComparison.Ordinal);
        Assert.Equal("OK", await Client.AskAsync("AUTH", "default", "x"));
        Assert.Equal(new RespError("WRONGPASS invalid username-password pair or user is disabled."), await Client.AskAsync("AUTH", "me", "x"));
        Assert.Equal("OK", await Client.AskAsync("SELECT", "0"));
        Assert.Equal(new RespError("ERR DB index is out of range"), await Client.AskAsync("SELECT", "1"));
    }

    [ContractFact]
    public async Task A_client_can_name_itself_and_ask_who_it_is()
    {
        Assert.Null(await Client.AskAsync("CLIENT", "GETNAME"));
        Assert.Equal("OK", await Client.AskAsync("CLIENT", "SETNAME", "worker-1"));
        Assert.Equal("worker-1", await Client.AskAsync("CLIENT", "GETNAME"));
        Assert.StartsWith("ERR Client names cannot contain spaces", ((RespError)(await Client.AskAsync("CLIENT", "SETNAME", "a b"))!).Text, StringComparison.Ordinal);
        Assert.IsType<long>(await Client.AskAsync("CLIENT", "ID"));
        Assert.Equal("OK", await Client.AskAsync("CLIENT", "SETINFO", "LIB-NAME", "x"));
    }

    [ContractFact]
    public async Task The_server_tells_about_itself()
    {
        Assert.Contains("redis_version:7.0.15", (string)(await Client.AskAsync("INFO"))!, StringComparison.Ordinal);
        Assert.Contains("loading:0", (string)(await Client.AskAsync("INFO"))!, StringComparison.Ordinal);
        Assert.Equal(new object?[] { "save", "" }, await Client.AskAsync("CONFIG", "GET", "save"));
        Assert.True((long)(await Client.AskAsync("COMMAND", "COUNT"))! > 20);
        Assert.Equal(2, ((object?[])(await Client.AskAsync("TIME"))!).Length);
    }
}
