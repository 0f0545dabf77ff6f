using System.Text.Json.Nodes;
using Mesh.Testing;
using Mesh.Testing.Tools;

namespace Mesh.Protocols.Resp.Tests.Clients;

/// <summary>What rooms have beyond Redis, by clients that know nothing of it: subscriptions that go on from a message, and who is in a room.</summary>
public abstract class RoomClientContract(Func<Task<RespDoor>> open) : DoorContract<RespDoor>(open)
{
    [ToolFact("redis-tools", "redis-cli")]
    public async Task Redis_cli_goes_on_behind_a_message_and_then_live()
    {
        Assert.Equal("OK\n", await RunAsync("ROOM", "HISTORY", "lobby", "COUNT", "100"));
        for (var i = 1; i <= 44; i++) Assert.Equal("0\n", await RunAsync("PUBLISH", "lobby", $"m{i}"));
        using (var follower = Start("SUBSCRIBE", "lobby?since=42"))
        {
            Assert.Equal(["subscribe", "lobby?since=42", "1"], await follower.ReadLinesAsync(3));
            for (var i = 43; i <= 44; i++) Assert.Equal(["message", "lobby?since=42", $"m{i}"], await follower.ReadLinesAsync(3));
            Assert.Equal("1\n", await RunAsync("PUBLISH", "lobby", "m45"));
            Assert.Equal(["message", "lobby?since=42", "m45"], await follower.ReadLinesAsync(3));
        }

        using var next = Start("PSUBSCRIBE", "lobby?since=44");
        Assert.Equal(["psubscribe", "lobby?since=44", "1"], await next.ReadLinesAsync(3));
        Assert.Equal(["pmessage", "lobby?since=44", "lobby?since=45", "m45"], await next.ReadLinesAsync(4));
        Assert.StartsWith("ERR room 'none' keeps no history", await RunAsync("SUBSCRIBE", "none?since=0"), StringComparison.Ordinal);
    }

    [ToolFact("redis-tools", "redis-cli")]
    public async Task Redis_cli_is_told_who_is_in_a_room()
    {
        using var watcher = Start("SUBSCRIBE", "lobby?presence");
        Assert.Equal(["subscribe", "lobby?presence", "1"], await watcher.ReadLinesAsync(3));
        string[] member;
        using (var listener = Start("SUBSCRIBE", "lobby"))
        {
            await listener.ReadLinesAsync(3);
            member = (await RunAsync("ROOM", "MEMBERS", "lobby")).TrimEnd().Split('\n');
            Assert.Equal(["id", "name", "address"], member.Where((_, at) => at % 2 == 0));
            Assert.Equal(("joined", member[1], 1), await HearAsync());
        }

        Assert.Equal(("left", member[1], 0), await HearAsync());
        Assert.Equal("\n", await RunAsync("ROOM", "MEMBERS", "lobby"));

        async Task<(string Event, string Id, int Members)> HearAsync()
        {
            var message = await watcher.ReadLinesAsync(3);
            Assert.Equal(["message", "lobby?presence"], message[..2]);
            var change = JsonNode.Parse(message[2])!;
            return ((string)change["event"]!, change["id"]!.ToJsonString(), (int)change["members"]!);
        }
    }

    [NodeFact("ioredis")]
    public async Task Ioredis_goes_on_behind_a_message_and_sees_who_is_in_the_room()
    {
        var seen = await NodePackages.RunAsync(["ioredis"], Path.Combine(AppContext.BaseDirectory, "Clients", "ioredis-rooms.js"), Door.Port);
        Assert.Equal("m43\nm44\nm45\nm46\nnext lobby?since=46\nm47 lobby?since=47\nmembers ann\njoined ann 1\nleft ann 0\nmembers\n", seen);
    }

    private Task<string> RunAsync(params string[] command) => Command.RunAsync(Path.GetTempPath(), "redis-cli", ["-p", Door.Port, .. command]);

    private RunningProgram Start(params string[] command) => new("redis-cli", ["-p", Door.Port, .. command]);
}
