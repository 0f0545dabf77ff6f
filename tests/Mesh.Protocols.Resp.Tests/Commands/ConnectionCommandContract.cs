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

    [ContractTheory]
    [InlineData("CLIENT", "PAUSE <milliseconds> [WRITE|ALL], UNPAUSE")]
    [InlineData("COMMAND", "INFO <command> ...")]
    [InlineData("CONFIG", "GET <pattern> ...")]
    [InlineData("PUBSUB", "SHARDNUMSUB [<shardchannel> ...]")]
    [InlineData("ROOM", "MEMBERS <room>")]
    public async Task Who_is_told_to_try_help_gets_it(string command, string line)
    {
        Assert.Equal(new RespError($"ERR unknown subcommand 'X'. Try {command} HELP."), await Client.AskAsync(command, "X"));
        var help = Assert.IsType<object?[]>(await Client.AskAsync(command, "help"));
        Assert.Equal($"{command} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", help[0]);
        Assert.Contains(line, help);
        Assert.Equal(new object?[] { "HELP", "    Prints this help." }, help[^2..]);
    }

    [ContractFact]
    public async Task Who_wants_no_replies_hears_of_its_subscriptions_all_the_same()
    {
        await Client.SendRawAsync("CLIENT REPLY OFF\r\nECHO one\r\nSUBSCRIBE a b\r\nUNSUBSCRIBE a b\r\nECHO two\r\nCLIENT REPLY ON\r\nCLIENT REPLY SKIP\r\nPSUBSCRIBE c\r\nPUNSUBSCRIBE c\r\n"u8.ToArray());
        Assert.Equal(new object?[] { "subscribe", "a", 1L }, await Client.ReadAsync());
        Assert.Equal(new object?[] { "subscribe", "b", 2L }, await Client.ReadAsync());
        Assert.Equal(new object?[] { "unsubscribe", "a", 1L }, await Client.ReadAsync());
        Assert.Equal(new object?[] { "unsubscribe", "b", 0L }, await Client.ReadAsync());
        Assert.Equal("OK", await Client.ReadAsync());
        Assert.Equal(new object?[] { "psubscribe", "c", 1L }, await Client.ReadAsync());
        Assert.Equal(new object?[] { "punsubscribe", "c", 0L }, await Client.ReadAsync());
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
