using System.Globalization;
using System.Net;
using Xunit;

namespace Mesh.Testing.Doors;

/// <summary>A ring, over RESP: an entry of the one field <c>data</c>.</summary>
public sealed class RespStreamDoor(EndPoint resp, string key) : StreamDoor
{
    public override async Task PublishAsync(int number)
    {
        await using var wire = await RespWire.ConnectAsync(resp);
        Assert.IsNotType<RespError>(await wire.AskAsync("XADD", key, "*", "data", number.ToString(CultureInfo.InvariantCulture)));
    }

    public override async Task<IReadOnlyList<Seen>> ReadAsync()
    {
        await using var wire = await RespWire.ConnectAsync(resp);
        var entries = Assert.IsAssignableFrom<IReadOnlyList<object?>>(await wire.AskAsync("XRANGE", key, "-", "+"));
        return [.. entries.Select(entry => new Seen(null, NumberOf((IReadOnlyList<object?>)((IReadOnlyList<object?>)entry!)[1]!)))];
    }

    private static int NumberOf(IReadOnlyList<object?> fields) => int.Parse(fields[1]!.ToString()!, CultureInfo.InvariantCulture);
}
