using System.Globalization;
using Mesh.Testing.Doors;

namespace Mesh.Testing.Processes;

/// <summary>Rings with consumer groups, and all that clients see of them: what must be as it was after a process was killed.</summary>
public static class RingsThatLast
{
    private const int Rotera = 1;
    private const int MoreThanRoteraKeeps = 1040;
    private static readonly string[] Rings = ["a", "b", "c", "d"];

    /// <summary>Makes a ring by a push of rotera's and fills it beyond what it keeps, and others whose entries are pending, delivered again, claimed, acknowledged and deleted.</summary>
    public static async Task MakeAsync(MeshProcess door)
    {
        await new RoteraStreamDoor(door.Rotera, Rotera).PublishAsync(0);
        await using var wire = await RespWire.ConnectAsync(door.Resp);
        for (var i = 1; i <= MoreThanRoteraKeeps; i++) await AskAsync($"XADD {Rotera} * data {i}");
        foreach (var ring in Rings)
        {
            for (var i = 1; i <= 30; i++) await AskAsync($"XADD {ring} {i}-1 field {i}");
            await AskAsync($"XGROUP CREATE {ring} g 0");
            await AskAsync($"XGROUP CREATE {ring} h 7 ENTRIESREAD 3");
            await AskAsync($"XREADGROUP GROUP g one COUNT 10 STREAMS {ring} >");
            await AskAsync($"XREADGROUP GROUP g two COUNT 10 STREAMS {ring} >");
            await AskAsync($"XREADGROUP GROUP g one STREAMS {ring} 0");
            await AskAsync($"XCLAIM {ring} g three 0 5-1 6-1 RETRYCOUNT 7");
            await AskAsync($"XACK {ring} g 1-1 12-1");
            await AskAsync($"XDEL {ring} 3-1 30-1");
            await AskAsync($"XAUTOCLAIM {ring} g four 0 15 COUNT 3");
            await AskAsync($"XREADGROUP GROUP h five NOACK COUNT 4 STREAMS {ring} >");
            await AskAsync($"XTRIM {ring} MAXLEN 25");
            await AskAsync($"XSETID {ring} 99-9 ENTRIESADDED 50");
            await AskAsync($"EXPIRE {ring} 100000");
        }

        async Task AskAsync(string command)
        {
            if (await wire.AskAsync(command.Split(' ')) is RespError error) throw new InvalidOperationException($"{command}: {error.Text}");
        }
    }

    /// <returns>Everything but how long ago something was.</returns>
    public static async Task<string> DescribeAsync(MeshProcess door)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        await using var wire = await RespWire.ConnectAsync(door.Resp);
        foreach (var ring in Rings)
        {
            foreach (var command in new[] { $"XINFO STREAM {ring} FULL COUNT 0", $"XRANGE {ring} - +", $"PEXPIRETIME {ring}" })
            {
                Write(text, await wire.AskAsync(command.Split(' ')));
                text.WriteLine();
            }
        }

        Write(text, await wire.AskAsync("XRANGE", $"{Rotera}", "-", "+"));
        foreach (var (sequence, body) in await new RoteraStreamDoor(door.Rotera, Rotera).ReadBodiesAsync()) text.Write($" {sequence}:{Convert.ToHexString(body)}");
        return text.ToString();
    }

    private static void Write(StringWriter text, object? value)
    {
        if (value is not object?[] items)
        {
            text.Write($" {value}");
            return;
        }

        text.Write(" [");
        for (var i = 0; i < items.Length; i++) Write(text, i > 0 && items[i - 1] is "seen-time" ? "…" : items[i]);
        text.Write(']');
    }
}
