using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>CLUSTER of a door that is the only node. The texts are those of redis-server 7.0.15 with one node.</summary>
public abstract class ClusterCommandContract(Func<Task<RespDoor>> open) : DoorContract<RespDoor>(open)
{
    [ContractTheory]
    [InlineData("CLUSTER", "ERR wrong number of arguments for 'cluster' command")]
    [InlineData("CLUSTER FOO", "ERR unknown subcommand 'FOO'. Try CLUSTER HELP.")]
    [InlineData("CLUSTER KEYSLOT", "ERR wrong number of arguments for 'cluster|keyslot' command")]
    [InlineData("CLUSTER INFO x", "ERR wrong number of arguments for 'cluster|info' command")]
    [InlineData("CLUSTER COUNTKEYSINSLOT 99999", "ERR Invalid slot")]
    [InlineData("CLUSTER COUNTKEYSINSLOT x", "ERR value is not an integer or out of range")]
    [InlineData("CLUSTER GETKEYSINSLOT 5 -1", "ERR Invalid slot or number of keys")]
    [InlineData("CLUSTER GETKEYSINSLOT 99999 1", "ERR Invalid slot or number of keys")]
    [InlineData("CLUSTER REPLICAS x", "ERR Unknown node x")]
    [InlineData("CLUSTER COUNT-FAILURE-REPORTS x", "ERR Unknown node x")]
    [InlineData("CLUSTER MEET x", "ERR wrong number of arguments for 'cluster|meet' command")]
    public async Task What_is_not_well_formed_is_refused_as_redis_refuses_it(string command, string error)
    {
        await using var wire = await Door.ConnectAsync();
        var refusal = Assert.IsType<RespError>(await wire.AskAsync(command.Split(' ')));
        Assert.Equal(error, refusal.Text);
    }

    [ContractTheory]
    [InlineData("MEET 127.0.0.1 1")]
    [InlineData("ADDSLOTS 1")]
    [InlineData("RESET")]
    public async Task What_would_change_nodes_says_who_changes_them(string command)
    {
        await using var wire = await Door.ConnectAsync();
        var refusal = Assert.IsType<RespError>(await wire.AskAsync(["CLUSTER", .. command.Split(' ')]));
        Assert.Contains("PUT /rooms/{room}", refusal.Text, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task The_one_node_has_all_slots()
    {
        await using var wire = await Door.ConnectAsync();
        var id = Assert.IsType<string>(await wire.AskAsync("CLUSTER", "MYID"));
        var port = (long)Door.EndPoint.Port;
        Assert.Equal(Node.IdOf("127.0.0.1", Door.EndPoint.Port), id);
        object?[] self = ["127.0.0.1", port, id, Array.Empty<object?>()];
        Assert.Equivalent(new object?[] { new object?[] { 0L, 16383L, self } }, await wire.AskAsync("CLUSTER", "SLOTS"), strict: true);
        object?[] member = ["id", id, "port", port, "ip", "127.0.0.1", "endpoint", "127.0.0.1", "role", "master", "replication-offset", 0L, "health", "online"];
        object?[] shard = ["slots", new object?[] { 0L, 16383L }, "nodes", new object?[] { member }];
        Assert.Equivalent(new object?[] { shard }, await wire.AskAsync("CLUSTER", "SHARDS"), strict: true);
        Assert.Matches($@"^{id} 127\.0\.0\.1:{port}@0 myself,master - 0 \d+ \d+ connected 0-16383\n$", Assert.IsType<string>(await wire.AskAsync("CLUSTER", "NODES")));
        Assert.StartsWith(
            "cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_slots_ok:16384\r\ncluster_slots_pfail:0\r\ncluster_slots_fail:0\r\ncluster_known_nodes:1\r\ncluster_size:1\r\n",
            Assert.IsType<string>(await wire.AskAsync("CLUSTER", "INFO")),
            StringComparison.Ordinal);
        Assert.Empty(Assert.IsType<object?[]>(await wire.AskAsync("CLUSTER", "REPLICAS", id)));
        Assert.Equal(0L, await wire.AskAsync("CLUSTER", "COUNT-FAILURE-REPORTS", id));
        foreach (var accepted in new[] { "READONLY", "READWRITE", "ASKING" }) Assert.Equal("OK", await wire.AskAsync(accepted));
    }

    [ContractFact]
    public async Task Keys_are_found_by_their_slots()
    {
        await using var wire = await Door.ConnectAsync();
        foreach (var key in new[] { "{foo}1", "{foo}2", "bar" }) await wire.AskAsync("XADD", key, "*", "a", "b");
        Assert.Equal(12182L, await wire.AskAsync("CLUSTER", "KEYSLOT", "{foo}1"));
        Assert.Equal(2L, await wire.AskAsync("CLUSTER", "COUNTKEYSINSLOT", "12182"));
        Assert.Equal(0L, await wire.AskAsync("CLUSTER", "COUNTKEYSINSLOT", "1"));
        Assert.Equal(["{foo}1", "{foo}2"], Assert.IsType<object?[]>(await wire.AskAsync("CLUSTER", "GETKEYSINSLOT", "12182", "10")));
        Assert.Equal(["{foo}1"], Assert.IsType<object?[]>(await wire.AskAsync("CLUSTER", "GETKEYSINSLOT", "12182", "1")));
    }

    [ContractFact]
    public async Task In_resp3_text_and_maps_have_forms_of_their_own()
    {
        var reply = await Door.ExchangeUntilClosedAsync("HELLO 3\r\nCLUSTER INFO\r\nCLUSTER SLOTS\r\nQUIT\r\n");
        Assert.Contains("\r\n%0\r\n", reply, StringComparison.Ordinal);
        Assert.Contains("txt:cluster_state:ok\r\n", reply, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Command_info_tells_where_keys_and_shard_channels_are()
    {
        await using var wire = await Door.ConnectAsync();
        var commands = Assert.IsType<object?[]>(await wire.AskAsync("COMMAND", "INFO", "spublish", "ssubscribe", "xadd", "xread", "publish"));
        Assert.Equal(
            [(1L, 1L, 1L), (1L, -1L, 1L), (1L, 1L, 1L), (0L, 0L, 0L), (0L, 0L, 0L)],
            commands.Cast<object?[]>().Select(command => ((long)command[3]!, (long)command[4]!, (long)command[5]!)));
    }
}
