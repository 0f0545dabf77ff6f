using System.Globalization;
using System.Text.Json;

namespace Mesh.Testing.Doors;

/// <summary>Any stream, by its address over HTTP. It is followed by Server-Sent Events; claims are those of a consumer group.</summary>
public sealed class MeshHttpDoor(Uri http, string address) : StreamDoor
{
    private const string Group = "http";

    private readonly string _stream = new Uri(http, $"mesh/v1/streams/{Uri.EscapeDataString(address)}").AbsoluteUri;

    public override Task PublishAsync(int number) => JsonCaller.SendAsync(HttpMethod.Post, new Uri($"{_stream}/records"), number.ToString(CultureInfo.InvariantCulture));

    public override async Task<IReadOnlyList<Seen>> ReadAsync(int records) =>
        SeenOf((await JsonCaller.SendAsync(HttpMethod.Get, new Uri($"{_stream}/records?limit=10000")))!.Value);

    public override async Task<StreamTail?> TailAsync() => await EventTail.OpenAsync(new Uri($"{_stream}/tail?from=1"));

    public override async Task<IReadOnlyList<Seen>?> ClaimAsync()
    {
        if (address.StartsWith("queue:", StringComparison.Ordinal) || address.Contains('/', StringComparison.Ordinal) || address.StartsWith("topic:", StringComparison.Ordinal)) return null;
        await JsonCaller.SendAsync(HttpMethod.Put, new Uri($"{_stream}/groups/{Group}"), """{"start":"oldest"}""");
        var claim = (await JsonCaller.SendAsync(HttpMethod.Post, new Uri($"{_stream}/groups/{Group}/claims"), """{"consumer":"me"}"""))!.Value;
        if (claim.GetProperty("claim").GetString() is not { } id) return [];
        await JsonCaller.SendAsync(HttpMethod.Post, new Uri($"{_stream}/groups/{Group}/claims/{id}/acks"), "{}");
        return SeenOf(claim);
    }

    /// <summary>A record as mesh.v1 shows it.</summary>
    public static Seen OneOf(JsonElement record) =>
        new(record.GetProperty("sequence").GetInt64(), NumberText.Of(record.TryGetProperty("body", out var body) ? body : record.GetProperty("bodyBase64")));

    private static List<Seen> SeenOf(JsonElement answer) => [.. answer.GetProperty("records").EnumerateArray().Select(OneOf)];
}

/// <summary>A channel over RSE, or another stream by its address, <c>/mesh:ring:55</c>, to read only.</summary>
public sealed class RseStreamDoor(Uri rse, string path) : StreamDoor
{
    public override bool Publishes => !path.StartsWith("/mesh:", StringComparison.Ordinal);

    /// <summary>RSE takes objects and arrays only.</summary>
    public override Task PublishAsync(int number) => JsonCaller.SendAsync(HttpMethod.Post, new Uri(rse, path), $$"""{"data":{{number.ToString(CultureInfo.InvariantCulture)}}}""");

    public override async Task<IReadOnlyList<Seen>> ReadAsync(int records)
    {
        var seen = new List<Seen>();
        for (var after = "0"; ;)
        {
            if (await JsonCaller.SendAsync(HttpMethod.Get, new Uri(rse, $"{path}?echo=true&max-events=100&last-known-id={after}")) is not { } page) return seen;
            foreach (var each in page.GetProperty("events").EnumerateArray())
            {
                seen.Add(new Seen(null, NumberText.Of(each.GetProperty("data"))));
                after = each.GetProperty("id").ToString();
            }
        }
    }
}

/// <summary>A queue, or any stream by its address, over Zaqar.</summary>
public sealed class ZaqarStreamDoor(Uri http, string queue) : StreamDoor
{
    private readonly string _queue = $"v2/queues/{Uri.EscapeDataString(queue)}";

    public override Task PublishAsync(int number) =>
        JsonCaller.SendAsync(HttpMethod.Post, new Uri(http, $"{_queue}/messages"), $$"""{"messages":[{"ttl":3600,"body":{{number.ToString(CultureInfo.InvariantCulture)}}}]}""");

    public override async Task<IReadOnlyList<Seen>> ReadAsync(int records)
    {
        var seen = new List<Seen>();
        for (var next = $"{_queue}/messages?echo=true&limit=20"; ;)
        {
            var page = (await JsonCaller.SendAsync(HttpMethod.Get, new Uri(http, next)))!.Value;
            if (page.GetProperty("messages").GetArrayLength() == 0) return seen;
            seen.AddRange(page.GetProperty("messages").EnumerateArray().Select(SeenOf));
            next = page.GetProperty("links")[0].GetProperty("href").GetString()!;
        }
    }

    /// <summary>What is claimed of a queue and acknowledged is gone, so queues are not claimed from.</summary>
    public override async Task<IReadOnlyList<Seen>?> ClaimAsync()
    {
        if (!queue.StartsWith("mesh:", StringComparison.Ordinal) || queue.StartsWith("mesh:queue:", StringComparison.Ordinal)) return null;
        if (await JsonCaller.SendAsync(HttpMethod.Post, new Uri(http, $"{_queue}/claims"), """{"ttl":300,"grace":60}""") is not { } claim) return [];
        foreach (var message in claim.GetProperty("messages").EnumerateArray()) await JsonCaller.SendAsync(HttpMethod.Delete, new Uri(http, message.GetProperty("href").GetString()!));
        return [.. claim.GetProperty("messages").EnumerateArray().Select(SeenOf)];
    }

    /// <summary>A message's id ends with its sequence, in hexadecimal digits.</summary>
    private static Seen SeenOf(JsonElement message) =>
        new(long.Parse(message.GetProperty("id").GetString()!.Split('-')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), NumberText.Of(message.GetProperty("body")));
}
