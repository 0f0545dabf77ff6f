using System.Globalization;
using System.Text;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Parity;

/// <summary>Random commands over streams and their groups, sent to a real redis-server and to the door: the same answers, save for what the time decides.</summary>
public abstract class StreamParityContract(Func<Task<RespDoor>> open, RedisBeside redis) : DoorContract<RespDoor>(open), IClassFixture<RedisBeside>
{
    private const int CommandsEach = 400;

    /// <summary>Milliseconds beyond which a number is a time of day.</summary>
    private const long TimeOfDay = 1_000_000_000_000;

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 30)];

    [RedisTheory]
    [MemberData(nameof(Seeds))]
    public async Task Random_commands_are_answered_as_redis_answers_them(int seed)
    {
        await using var real = await RespWire.ConnectAsync(redis.Server.EndPoint);
        await using var mesh = await Door.ConnectAsync();
        foreach (var wire in new[] { real, mesh })
        {
            await wire.AskAsync("DEL", "a", "b", "c");
            if (seed % 4 == 0) await wire.AskAsync("HELLO", "3");
        }

        // Redis then trims as exactly with ~ as without it.
        await real.AskAsync("CONFIG", "SET", "stream-node-max-entries", "1");

        var maker = new StreamCommandMaker(seed);
        var sent = new List<string>();
        for (var i = 0; i < CommandsEach; i++)
        {
            var command = maker.Next();
            sent.Add(string.Join(' ', command));
            var expected = Describe(command, await real.AskAsync(command));
            var actual = Describe(command, await mesh.AskAsync(command));
            Assert.True(expected == actual, $"Seed {seed}, command {i}\nredis: {expected}\nmesh:  {actual}\nafter:\n{string.Join('\n', sent)}");
        }
    }

    private static string Describe(string[] command, object? reply)
    {
        var text = new StringBuilder();
        if (command[0] is "TTL" or "PTTL" or "EXPIRETIME" && reply is > 0L) reply = "time";
        if (command[0] is "KEYS" && reply is object?[] keys) Array.Sort(keys);
        if (command[0] is "SCAN" && reply is object?[] { Length: 2 } scan && scan[1] is object?[] found) Array.Sort(found);
        if (command is ["XPENDING", _, _, _, ..] && reply is object?[] entries)
        {
            foreach (var entry in entries)
                if (entry is object?[] { Length: 4 } parts) parts[2] = "idle";
        }

        Append(text, reply);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case object?[] items:
                text.Append('[');
                for (var i = 0; i < items.Length; i++)
                {
                    var isVague = i > 0 && items[i - 1] is "idle" or "seen-time" or "radix-tree-keys" or "radix-tree-nodes";
                    Append(text, isVague ? "…" : items[i]);
                    text.Append(' ');
                }

                text.Append(']');
                break;
            case long number:
                text.Append(number > TimeOfDay ? "time" : number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                text.Append(value);
                break;
        }
    }
}
