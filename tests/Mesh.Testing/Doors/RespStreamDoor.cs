using System.Globalization;
using System.Net;
using Xunit;

namespace Mesh.Testing.Doors;

/// <summary>A ring, or behind <c>mesh:</c> any stream by its address, over RESP: an entry of the one field <c>data</c>. It is followed by SUBSCRIBE; claims are XREADGROUP's.</summary>
public sealed class RespStreamDoor(EndPoint resp, string key) : StreamDoor
{
    private const string Prefix = "mesh:";

    /// <summary>Each spelling has a group of its own: of one group they would share the records.</summary>
    private readonly string _group = key.StartsWith(Prefix, StringComparison.Ordinal) ? "by-address" : "by-name";

    public override async Task PublishAsync(int number) => await AskAsync("XADD", key, "*", "data", number.ToString(CultureInfo.InvariantCulture));

    public override async Task<IReadOnlyList<Seen>> ReadAsync(int records) => SeenOf(await AskAsync("XRANGE", key, "-", "+"));

    public override async Task<StreamTail?> TailAsync()
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var wire = await RespWire.ConnectAsync(resp);
        await wire.AskAsync("SUBSCRIBE", key).WaitAsync(WaitMax);
        return new RespTail(wire);
    }

    public override async Task<IReadOnlyList<Seen>?> ClaimAsync()
    {
        if (key.StartsWith("mesh:queue:", StringComparison.Ordinal)) return null;
        await using var wire = await RespWire.ConnectAsync(resp);
        await wire.AskAsync("XGROUP", "CREATE", key, _group, "0", "MKSTREAM").WaitAsync(WaitMax);
        if (await AskAsync("XREADGROUP", "GROUP", _group, "me", "COUNT", "10", "STREAMS", key, ">") is not IReadOnlyList<object?> streams) return [];
        var entries = (IReadOnlyList<object?>)((IReadOnlyList<object?>)streams[0]!)[1]!;
        await AskAsync(["XACK", key, _group, .. entries.Select(IdOf)]);
        return SeenOf(entries);
    }

    private static string IdOf(object? entry) => (string)((IReadOnlyList<object?>)entry!)[0]!;

    private List<Seen> SeenOf(object? entries) => [.. Assert.IsAssignableFrom<IReadOnlyList<object?>>(entries).Select(EntryOf)];

    /// <summary>The ids of rings are times; elsewhere they are sequences.</summary>
    private Seen EntryOf(object? entry)
    {
        var isSequence = key.StartsWith(Prefix, StringComparison.Ordinal) && !key.StartsWith("mesh:ring:", StringComparison.Ordinal);
        var data = (string)((IReadOnlyList<object?>)((IReadOnlyList<object?>)entry!)[1]!)[1]!;
        return new Seen(isSequence ? long.Parse(IdOf(entry).Split('-')[0], CultureInfo.InvariantCulture) : null, NumberText.Of(data));
    }

    private async Task<object?> AskAsync(params string[] words)
    {
        await using var wire = await RespWire.ConnectAsync(resp);
        var answer = await wire.AskAsync(words).WaitAsync(WaitMax);
        return answer is RespError error ? throw new InvalidOperationException($"{string.Join(' ', words)}: {error.Text}") : answer;
    }

    private sealed class RespTail(RespWire wire) : StreamTail
    {
        public override ValueTask DisposeAsync() => wire.DisposeAsync();

        protected override async Task<Seen> TakeAsync() => new(null, NumberText.Of((string)Assert.IsAssignableFrom<IReadOnlyList<object?>>(await wire.ReadAsync())[2]!));
    }
}

/// <summary>A room by its name: PUBLISH, which only publishes.</summary>
public sealed class RoomDoor(EndPoint resp, string room) : StreamDoor
{
    public override bool Reads => false;

    public override async Task PublishAsync(int number)
    {
        await using var wire = await RespWire.ConnectAsync(resp);
        Assert.IsType<long>(await wire.AskAsync("PUBLISH", room, number.ToString(CultureInfo.InvariantCulture)).WaitAsync(WaitMax));
    }

    public override Task<IReadOnlyList<Seen>> ReadAsync(int records) => throw new NotSupportedException();
}
