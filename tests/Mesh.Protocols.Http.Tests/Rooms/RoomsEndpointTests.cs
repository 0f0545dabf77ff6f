using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Rooms;
using Mesh.Testing;
using Mesh.Testing.Http;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rooms;

/// <summary>Where rooms are, over HTTP (HubSub specification, 2.3, 2.4, cases 29 and 30).</summary>
public sealed class RoomsEndpointTests : IAsyncLifetime
{
    private readonly MemoryLogStore _store = new();
    private readonly ManualClock _clock = new();
    private readonly HttpClient _client = new();
    private EmbeddedMesh _mesh = null!;
    private KestrelHost _host = null!;

    public async Task InitializeAsync()
    {
        _mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
        var rooms = new RoomsEndpoint(_mesh);
        _host = await KestrelHost.StartAsync(app => app.Run(context => context.Request.Path == "/nodes" ? rooms.ListNodesAsync(context) : rooms.HandleAsync(context)));
        _client.BaseAddress = _host.Address;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
        await _mesh.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Without_nodes_the_list_is_empty_and_rooms_are_nowhere()
    {
        Assert.Equal((HttpStatusCode.OK, "[]"), await SendAsync(HttpMethod.Get, "nodes"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(HttpMethod.Get, "rooms/r")).Status);
    }

    [Fact]
    public async Task Nodes_are_shown_with_their_load()
    {
        await BeatAsync(1, 2);
        await _mesh.Nodes.BeatAsync(new NodeReport(Node.At("10.0.0.1", 1), new NodeLoad(3, 7, 12.25)), 0);
        var nodes = JsonNode.Parse((await SendAsync(HttpMethod.Get, "nodes")).Text)!.AsArray();
        Assert.Equal(2, nodes.Count);
        var first = nodes.Single(node => (int)node!["port"]! == 1)!;
        Assert.Equal((Id(1), "10.0.0.1", 16384, 8192), ((string)first["id"]!, (string)first["host"]!, (int)first["slots"]!, (int)first["firstSlots"]!));
        Assert.Equal((3, 7, 12.2, 22.2), ((int)first["connections"]!, (int)first["subscriptions"]!, (double)first["messagesPerSecond"]!, (double)first["load"]!));
    }

    [Fact]
    public async Task Two_clients_that_ask_for_a_new_room_at_once_get_the_same_nodes()
    {
        await BeatAsync(1, 2, 3, 4);
        var answers = await Task.WhenAll(SendAsync(HttpMethod.Get, "rooms/new"), SendAsync(HttpMethod.Put, "rooms/new"), SendAsync(HttpMethod.Get, "rooms/new"));
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        var room = JsonNode.Parse(answers[0].Text)!;
        Assert.Equal(("new", RoomSlot.Of("new"u8), false), ((string)room["room"]!, (int)room["slot"]!, (bool)room["pinned"]!));
        Assert.Equal(2, room["nodes"]!.AsArray().Select(node => (string)node!["id"]!).Distinct().Count());
    }

    [Fact]
    public async Task A_room_can_be_pinned_and_let_go_and_its_tag_says_which_go_with_it()
    {
        await BeatAsync(1, 2, 3, 4);
        var before = await SendAsync(HttpMethod.Get, "rooms/%7Bt%7Da");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, "rooms/{t}b", $$"""{"nodes":["{{Id(4)}}","{{Id(2)}}","{{Id(1)}}"]}""")).Status);
        var pinned = JsonNode.Parse((await SendAsync(HttpMethod.Get, "rooms/{t}a")).Text)!;
        Assert.True((bool)pinned["pinned"]!);
        Assert.Equal([4, 2, 1], pinned["nodes"]!.AsArray().Select(node => (int)node!["port"]!));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, "rooms/{t}c")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, "rooms/{t}c")).Status);
        Assert.False((bool)JsonNode.Parse((await SendAsync(HttpMethod.Get, "rooms/{t}a")).Text)!["pinned"]!);
        Assert.Equal("{t}a", (string)JsonNode.Parse(before.Text)!["room"]!);
    }

    [Theory]
    [InlineData("""{"nodes":["nobody"]}""", "There is no node nobody")]
    [InlineData("""{"nodes":[]}""", "at least one node")]
    [InlineData("""{"nodes":["a","a"]}""", "no node twice")]
    [InlineData("""{"node":"a"}""", "The body is an object such as")]
    [InlineData("[", "The body is an object such as")]
    public async Task What_cannot_be_pinned_is_refused(string body, string error)
    {
        await BeatAsync(1);
        var (status, text) = await SendAsync(HttpMethod.Put, "rooms/r", body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(error, text);
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a/b?x=1", "a/b")]
    [InlineData("%01%20", "\u0001 ")]
    public async Task A_name_is_what_follows_rooms(string path, string room)
    {
        await BeatAsync(1);
        var view = JsonNode.Parse((await SendAsync(HttpMethod.Get, "rooms/" + path)).Text)!;
        Assert.Equal((room, RoomSlot.Of(Encoding.UTF8.GetBytes(room))), ((string)view["room"]!, (int)view["slot"]!));
    }

    [Fact]
    public async Task Other_methods_are_not_allowed()
    {
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(HttpMethod.Post, "rooms/r")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(HttpMethod.Put, "nodes")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, "rooms/")).Status);
    }

    [Fact]
    public async Task A_room_is_told_to_keep_a_history_shows_it_and_drops_it()
    {
        const string Room = "rooms/a%2Fb/history";
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, Room)).Status);
        Assert.Equal(
            (HttpStatusCode.Created, """{"room":"a/b","count":2,"age":60,"bytes":null,"first":1,"last":0}"""),
            await SendAsync(HttpMethod.Put, Room, """{"count":2,"age":60}"""));
        foreach (var message in new[] { "x", "y", "z" }) await _mesh.Rooms.PublishAsync("a/b"u8, Encoding.UTF8.GetBytes(message));
        Assert.Equal((HttpStatusCode.OK, """{"room":"a/b","count":2,"age":60,"bytes":null,"first":2,"last":3}"""), await SendAsync(HttpMethod.Get, Room));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, Room, """{"bytes":1000}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, Room)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, Room)).Status);
    }

    [Fact]
    public async Task The_members_of_a_room_are_shown()
    {
        Assert.Equal((HttpStatusCode.OK, """{"room":"r","members":[]}"""), await SendAsync(HttpMethod.Get, "rooms/r/members"));
        await _mesh.Rooms.SubscribeAsync("r"u8.ToArray(), new Named());
        Assert.Equal((HttpStatusCode.OK, """{"room":"r","members":[{"id":7,"name":"ann","address":"10.0.0.1:5"}]}"""), await SendAsync(HttpMethod.Get, "rooms/r/members"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(HttpMethod.Put, "rooms/r/members")).Status);
    }

    [Theory]
    [InlineData("rooms/r/history", "")]
    [InlineData("rooms/r/history", "{}")]
    [InlineData("rooms/r/history", """{"count":0}""")]
    [InlineData("rooms/r/history", """{"entries":5}""")]
    [InlineData("rooms/%FF/history", """{"count":5}""")]
    public async Task What_is_wrong_with_a_history_is_said(string path, string body)
    {
        var (status, text) = await SendAsync(HttpMethod.Put, path, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("error", text, StringComparison.Ordinal);
        Assert.Equal(0, await _mesh.Catalogue.CountAsync(StreamName.DefaultProject, StreamKind.Room));
    }

    private async Task BeatAsync(params int[] nodes)
    {
        foreach (var node in nodes) await _mesh.Nodes.BeatAsync(new NodeReport(Node.At("10.0.0.1", node), default), 0);
    }

    private static string Id(int node) => Node.IdOf("10.0.0.1", node);

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body);
        using var answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private sealed class Named : IRoomListener
    {
        public RoomMember? Member => new(7, "ann", "10.0.0.1:5");

        public void OnMessage(scoped in RoomMessage message)
        {
        }
    }
}
