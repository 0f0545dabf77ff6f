using System.Globalization;

namespace Mesh.Testing.Doors;

/// <summary>Any stream, by its address over HTTP.</summary>
public sealed class MeshHttpDoor(Uri http, string address) : StreamDoor
{
    private readonly Uri _records = new(http, $"mesh/v1/streams/{Uri.EscapeDataString(address)}/records");

    public override Task PublishAsync(int number) => JsonCaller.SendAsync(HttpMethod.Post, _records, number.ToString(CultureInfo.InvariantCulture));

    public override async Task<IReadOnlyList<Seen>> ReadAsync() =>
        [.. (await JsonCaller.SendAsync(HttpMethod.Get, _records))!.Value.GetProperty("records").EnumerateArray()
            .Select(record => new Seen(record.GetProperty("sequence").GetInt64(), JsonCaller.NumberOf(record.GetProperty("body"))))];
}

/// <summary>A channel over RSE, or another stream by its address, <c>/mesh:ring:55</c>, to read only.</summary>
public sealed class RseStreamDoor(Uri rse, string path) : StreamDoor
{
    public override bool Publishes => !path.StartsWith("/mesh:", StringComparison.Ordinal);

    /// <summary>RSE takes objects and arrays only.</summary>
    public override Task PublishAsync(int number) => JsonCaller.SendAsync(HttpMethod.Post, new Uri(rse, path), $$"""{"data":{{number.ToString(CultureInfo.InvariantCulture)}}}""");

    public override async Task<IReadOnlyList<Seen>> ReadAsync() =>
        [.. (await JsonCaller.SendAsync(HttpMethod.Get, new Uri(rse, $"{path}?echo=true&max-events=500")))!.Value.GetProperty("events").EnumerateArray()
            .Select(each => new Seen(null, JsonCaller.NumberOf(each.GetProperty("data"))))];
}

/// <summary>A queue, over Zaqar.</summary>
public sealed class ZaqarStreamDoor(Uri http, string queue) : StreamDoor
{
    private readonly Uri _messages = new(http, $"v2/queues/{queue}/messages");

    public override Task PublishAsync(int number) =>
        JsonCaller.SendAsync(HttpMethod.Post, _messages, $$"""{"messages":[{"ttl":3600,"body":{{number.ToString(CultureInfo.InvariantCulture)}}}]}""");

    /// <summary>A message's id ends with its sequence, in hexadecimal digits.</summary>
    public override async Task<IReadOnlyList<Seen>> ReadAsync() =>
        [.. (await JsonCaller.SendAsync(HttpMethod.Get, new Uri($"{_messages}?echo=true&limit=20")))!.Value.GetProperty("messages").EnumerateArray()
            .Select(message => new Seen(long.Parse(message.GetProperty("id").GetString()!.Split('-')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), JsonCaller.NumberOf(message.GetProperty("body"))))];
}
