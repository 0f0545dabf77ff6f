using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Mesh.Testing.Doors;

/// <summary>What each door shows of bodies of each kind, as a table in Markdown: made by asking the doors, for whoever wants to know what to expect.</summary>
/// <param name="http">The HTTP door.</param>
/// <param name="rse">RSE at its root.</param>
/// <param name="grpc">The gRPC door.</param>
/// <param name="resp">The RESP door.</param>
/// <param name="rotera">rotera's door.</param>
public sealed class BodyTable(Uri http, Uri rse, Uri grpc, EndPoint resp, EndPoint rotera)
{
    private static readonly string[] Columns = ["what is stored", "mesh.v1", "XRANGE", "SUBSCRIBE", "RSE's `data`", "Zaqar's `body`", "protobus: type, value", "rotera"];

    private static readonly HttpClient Client = new();

    /// <summary>Asks every door; the streams that it makes are its own.</summary>
    public async Task<string> MakeAsync()
    {
        var table = new StringBuilder();
        Row(table, Columns);
        Row(table, [.. Columns.Select(_ => "---")]);
        await RowAsync(table, "JSON, `application/json`", stream => PostAsync(stream, "application/json", """{"load":0.7}"""u8.ToArray()));
        await RowAsync(table, "text, `text/plain`", stream => PostAsync(stream, "text/plain", "it's 0.7"u8.ToArray()));
        await RowAsync(table, "bytes, `application/octet-stream`", stream => PostAsync(stream, "application/octet-stream", [1, 2]));
        await RowAsync(table, "any other, `image/png`", stream => PostAsync(stream, "image/png", [1, 2]));
        await RowAsync(table, "`XADD … load 0.7 unit C`", stream => AskAsync("XADD", $"mesh:{stream}", "*", "load", "0.7", "unit", "C"));
        await RowAsync(table, "`XADD … data 0.7`", stream => AskAsync("XADD", $"mesh:{stream}", "*", "data", "0.7"));
        await RowAsync(table, "an event of protobus", EventAsync);
        return table.ToString();
    }

    /// <summary>The same goes into a ring, which all doors show but protobus, and into a topic, which it shows.</summary>
    private async Task RowAsync(StringBuilder table, string what, Func<string, Task> append)
    {
        var number = (uint)Random.Shared.Next(1000, int.MaxValue);
        var (ring, topic) = ($"ring:{number}", $"topic:bodies-{number}");
        var isEvent = append == EventAsync;
        var shown = isEvent ? topic : ring;
        await using var subscriber = await RespWire.ConnectAsync(resp);
        await subscriber.AskAsync("SUBSCRIBE", $"mesh:{shown}").WaitAsync(StreamDoor.WaitMax);
        await append(shown);
        if (!isEvent) await append(topic);
        var pushed = ((IReadOnlyList<object?>)(await subscriber.ReadAsync().WaitAsync(StreamDoor.WaitMax))!)[2];
        var payload = await new ProtobusStreamDoor(grpc, topic["topic:".Length..]).FirstPayloadAsync();
        var record = (await GetAsync(new Uri(http, $"mesh/v1/streams/{shown}/records"))).GetProperty("records")[0];
        string[] cells =
        [
            BodyOf(record),
            await RangeAsync(shown),
            (string)pushed!,
            (await GetAsync(new Uri(rse, $"/mesh:{shown}?echo=true"))).GetProperty("events")[0].GetProperty("data").GetRawText(),
            (await GetAsync(new Uri(http, $"v2/queues/mesh:{shown}/messages?echo=true"))).GetProperty("messages")[0].GetProperty("body").GetRawText(),
        ];
        if (isEvent) cells = Array.ConvertAll(cells, cell => Named(cell, record.GetProperty("bodyBase64").GetString()!, number));
        var ofRotera = isEvent ? "" : Code(Encoding.Latin1.GetString((await new RoteraStreamDoor(rotera, number).ReadBodiesAsync())[0].Body));
        Row(table, [what, .. cells.Select(Code), $"{Code(payload.Type)}, {Code(Encoding.Latin1.GetString(payload.Value))}", ofRotera]);
    }

    /// <summary>An encoded event is another each time: its number and its topic are in it.</summary>
    private static string Named(string cell, string event64, uint number) => cell
        .Replace(event64, "(the event in base64)", StringComparison.Ordinal)
        .Replace(Encoding.UTF8.GetString(Convert.FromBase64String(event64)), "(the event)", StringComparison.Ordinal)
        .Replace($"bodies-{number}", "(the topic)", StringComparison.Ordinal);

    private Task EventAsync(string topic) => new ProtobusStreamDoor(grpc, topic["topic:".Length..]).PublishAsync("type.example/Load", "0.7"u8.ToArray());

    private async Task PostAsync(string stream, string type, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        using var answer = await Client.PostAsync(new Uri(http, $"mesh/v1/streams/{stream}/records"), content);
        answer.EnsureSuccessStatusCode();
    }

    private static string BodyOf(JsonElement record) =>
        string.Join(',', record.EnumerateObject().Where(member => member.Name is "body" or "bodyBase64").Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}"));

    private async Task<string> RangeAsync(string stream)
    {
        var entries = (IReadOnlyList<object?>)(await AskAsync("XRANGE", $"mesh:{stream}", "-", "+"))!;
        return string.Join(' ', (IReadOnlyList<object?>)((IReadOnlyList<object?>)entries[0]!)[1]!);
    }

    private async Task<object?> AskAsync(params string[] words)
    {
        await using var wire = await RespWire.ConnectAsync(resp);
        var answer = await wire.AskAsync(words).WaitAsync(StreamDoor.WaitMax);
        return answer is RespError error ? throw new InvalidOperationException($"{string.Join(' ', words)}: {error.Text}") : answer;
    }

    private static async Task<JsonElement> GetAsync(Uri address) => (await JsonCaller.SendAsync(HttpMethod.Get, address))!.Value;

    private static void Row(StringBuilder table, IReadOnlyList<string> cells) => table.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    /// <summary>What is no text shows in hexadecimal digits; a bar would end the cell.</summary>
    private static string Code(string text)
    {
        var code = new StringBuilder();
        foreach (var letter in text)
        {
            if (letter is '|' or '`' || char.IsControl(letter) || letter > '~') code.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:X2}");
            else code.Append(letter);
        }

        return code.Length == 0 ? "" : $"`{code}`";
    }
}
