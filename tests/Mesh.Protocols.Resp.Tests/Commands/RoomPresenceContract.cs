using System.Text.Json.Nodes;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Who is in a room.</summary>
public abstract class RoomPresenceContract(Func<Task<RespDoor>> open) : OneClientContract(open)
{
    [ContractFact]
    public async Task Members_are_those_who_listen_in_the_room_itself_each_once()
    {
        Assert.Equal(Reply(), await Client.AskAsync("ROOM", "MEMBERS", "lobby"));
        await using var ann = await Door.ConnectAsync();
        await using var pattern = await Door.ConnectAsync();
        await ann.AskAsync("CLIENT", "SETNAME", "ann");
        var id = await ann.AskAsync("CLIENT", "ID");
        await Client.AskAsync("ROOM", "HISTORY", "lobby", "COUNT", "10");
        await ann.AskAsync("SUBSCRIBE", "lobby");
        await ann.AskAsync("SUBSCRIBE", "lobby?since=0");
        await pattern.AskAsync("PSUBSCRIBE", "lo*");
        var member = Assert.IsType<object?[]>(Assert.Single(Assert.IsType<object?[]>(await Client.AskAsync("ROOM", "MEMBERS", "lobby"))));
        Assert.Equal(Reply("id", id, "name", "ann", "address"), member[..5]);
        Assert.StartsWith("127.0.0.1:", Assert.IsType<string>(member[5]), StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Whoever_watches_a_room_is_told_who_comes_and_who_leaves()
    {
        Assert.Equal(Reply("subscribe", "lobby?presence", 1L), await Client.AskAsync("SUBSCRIBE", "lobby?presence"));
        await using var ann = await Door.ConnectAsync();
        await ann.AskAsync("CLIENT", "SETNAME", "ann");
        await ann.AskAsync("SUBSCRIBE", "lobby");
        Assert.Equal(("joined", "ann", 1), await HearAsync());
        await using (var bob = await Door.ConnectAsync())
        {
            await bob.AskAsync("CLIENT", "SETNAME", "bob");
            await bob.AskAsync("SUBSCRIBE", "lobby");
            Assert.Equal(("joined", "bob", 2), await HearAsync());
        }

        Assert.Equal(("left", "bob", 1), await HearAsync());
        await ann.AskAsync("UNSUBSCRIBE", "lobby");
        Assert.Equal(("left", "ann", 0), await HearAsync());
        Assert.Equal(Reply("unsubscribe", "lobby?presence", 0L), await Client.AskAsync("UNSUBSCRIBE"));
    }

    private async Task<(string Event, string Name, int Members)> HearAsync()
    {
        var message = Assert.IsType<object?[]>(await Client.ReadAsync());
        Assert.Equal(Reply("message", "lobby?presence"), message[..2]);
        var change = JsonNode.Parse(Assert.IsType<string>(message[2]))!;
        return ((string)change["event"]!, (string)change["name"]!, (int)change["members"]!);
    }
}
