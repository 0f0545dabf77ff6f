using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>Tails: Server-Sent Events and WebSockets.</summary>
public abstract class TailContract(Func<Task<MeshDoor>> open) : DoorContract<MeshDoor>(open)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Events_catch_up_and_go_on_live_without_gap_or_double()
    {
        for (var i = 1; i <= 3; i++) await Door.PostAsync("streams/ring:r/records", $"{i}");
        await using var tail = await SseReader.OpenAsync(Door, "streams/ring:r/tail?from=2");
        Assert.Equal([2, 3], await IdsAsync(tail, 2));
        for (var i = 4; i <= 6; i++) await Door.PostAsync("streams/ring:r/records", $"{i}");
        for (var i = 4; i <= 6; i++)
        {
            var (id, data) = await tail.NextAsync();
            Assert.Equal((i, i, i), (id, data.GetProperty("sequence").GetInt64(), data.GetProperty("body").GetInt64()));
        }
    }

    [Fact]
    public async Task A_client_that_comes_again_goes_on_behind_the_last_event_it_saw()
    {
        for (var i = 1; i <= 5; i++) await Door.PostAsync("streams/ring:r/records", $"{i}");
        await using var tail = await SseReader.OpenAsync(Door, "streams/ring:r/tail?from=1", ("Last-Event-ID", "3"));
        Assert.Equal([4, 5], await IdsAsync(tail, 2));
    }

    [Fact]
    public async Task A_tail_of_a_view_shows_the_streams_own_sequences()
    {
        await using var tail = await SseReader.OpenAsync(Door, "streams/topic:cpu/tail?from=1&tag.host=a");
        foreach (var (topic, host) in new[] { ("cpu", "a"), ("disk", "a"), ("cpu", "b"), ("cpu", "a") })
            await Door.PostAsync("streams/partition:events/records", "1", "application/json", ("Mesh-Key", topic), ("Mesh-Tag-host", host));
        Assert.Equal([1, 4], await IdsAsync(tail, 2));
    }

    [Fact]
    public async Task Without_a_start_only_what_comes_from_now_on_is_shown_and_last_shows_some_before()
    {
        for (var i = 1; i <= 5; i++) await Door.PostAsync("streams/ring:r/records", $"{i}");
        await using var live = await SseReader.OpenAsync(Door, "streams/ring:r/tail");
        await using var last = await SseReader.OpenAsync(Door, "streams/ring:r/tail?last=2");
        await Door.PostAsync("streams/ring:r/records", "{\n\"six\":6\r\n}");
        Assert.Equal(6, (await live.NextAsync()).Id);
        Assert.Equal([4, 5], await IdsAsync(last, 2));
        Assert.Equal(6, (await last.NextAsync()).Data.GetProperty("body").GetProperty("six").GetInt64());
    }

    [Fact]
    public async Task What_retention_took_is_told()
    {
        await Door.PutAsync("streams/ring:r", """{"retentionCount":2}""");
        for (var i = 1; i <= 5; i++) await Door.PostAsync("streams/ring:r/records", $"{i}");
        await using var tail = await SseReader.OpenAsync(Door, "streams/ring:r/tail?from=1");
        Assert.Equal((-1, 3), await MissedAsync(tail));
        Assert.Equal(4, (await tail.NextAsync()).Id);

        static async Task<(long, long)> MissedAsync(SseReader tail)
        {
            var (id, data) = await tail.NextAsync();
            return (id, data.GetProperty("records").GetInt64());
        }
    }

    [Fact]
    public async Task A_socket_shows_records_frame_by_frame_and_closes_with_its_client()
    {
        await Door.PostAsync("streams/ring:r/records", "1", "application/json", ("Mesh-Key", "k"));
        using var socket = await OpenAsync("streams/ring:r/tail?from=1");
        Assert.Equal((1, "k"), Shown(await ReceiveAsync(socket)));
        await Door.PostAsync("streams/ring:r/records", "2", "application/json", ("Mesh-Key", "l"));
        Assert.Equal((2, "l"), Shown(await ReceiveAsync(socket)));
        using var patience = new CancellationTokenSource(Patience);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        Assert.Equal(WebSocketState.Closed, socket.State);

        static (long, string?) Shown(JsonElement record) => (record.GetProperty("sequence").GetInt64(), record.GetProperty("key").GetString());
    }

    [Fact]
    public async Task Pages_of_other_hosts_may_not_open_sockets()
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync("streams/ring:r/tail", "http://elsewhere.example"));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        using var own = await OpenAsync("streams/ring:r/tail", Door.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(WebSocketState.Open, own.State);
    }

    [Fact]
    public async Task A_room_keeps_its_messages_once_it_is_made_and_has_no_tail_before()
    {
        (await Door.GetAsync("streams/room:lobby-of-the-tail/tail")).ExpectProblem(409, "no-history", "Create it with PUT");
        (await Door.GetAsync("streams/room:lobby-of-the-tail/records")).ExpectProblem(409, "no-history", "Create it with PUT");
        await Door.PutAsync("streams/room:lobby-of-the-tail");
        (await Door.PostAsync("streams/room:lobby-of-the-tail/records", "hello", "text/plain; charset=utf-8")).Expect(201);
        await using var tail = await SseReader.OpenAsync(Door, "streams/room:lobby-of-the-tail/tail?from=1");
        Assert.Equal("hello", (await tail.NextAsync()).Data.GetProperty("body").GetString());
    }

    private static async Task<List<long>> IdsAsync(SseReader tail, int count)
    {
        var ids = new List<long>();
        while (ids.Count < count) ids.Add((await tail.NextAsync()).Id);
        return ids;
    }

    private async Task<ClientWebSocket> OpenAsync(string path, string? origin = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Mesh-Project", Door.Project);
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(new UriBuilder(Door.At(path)) { Scheme = "ws" }.Uri, patience.Token);
        return socket;
    }

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        var frame = new byte[64 * 1024];
        using var patience = new CancellationTokenSource(Patience);
        var read = await socket.ReceiveAsync(frame, patience.Token);
        Assert.True(read.EndOfMessage);
        return JsonDocument.Parse(Encoding.UTF8.GetString(frame, 0, read.Count)).RootElement;
    }
}
