using System.Net;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Connections;

/// <summary>Commands sent without waiting for answers, over a mesh whose rooms are far away.</summary>
public sealed class PipelineTests : IAsyncLifetime
{
    private readonly MemoryLogStore _store = new();
    private EmbeddedMesh _mesh = null!;
    private DistantRooms _rooms = null!;
    private RespListener _listener = null!;
    private RespWire _wire = null!;

    public async Task InitializeAsync()
    {
        _mesh = await EmbeddedMesh.StartAsync(_store);
        _rooms = new DistantRooms(_mesh);
        _listener = RespListener.Start(new IPEndPoint(IPAddress.Loopback, 0), _rooms);
        _wire = await RespWire.ConnectAsync(_listener.EndPoint);
    }

    public async Task DisposeAsync()
    {
        await _wire.DisposeAsync();
        await _listener.DisposeAsync();
        await _mesh.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Messages_of_a_pipeline_do_not_wait_for_one_another()
    {
        await SendAsync(Enumerable.Repeat<string[]>(["PUBLISH", "room", "x"], 100));
        await Eventually.TrueAsync(() => Task.FromResult(_rooms.OnTheirWay == 100), "all are on their way");
        _rooms.Arrive();
        for (var i = 0; i < 100; i++) Assert.Equal(0L, await _wire.ReadAsync());
    }

    [Fact]
    public async Task Every_command_is_answered_in_its_place()
    {
        _rooms.Arrive();
        await SendAsync(
            ["XADD", "ring", "1-1", "f", "v"], ["XADD", "ring", "*", "f", "v"], ["PUBLISH", "room", "x"], ["PUBLISH", "lost", "x"], ["PUBLISH", "room"], ["PUBLISH", "room", "x"],
            ["XLEN", "ring"], ["PUBLISH", "room", "x"], ["XADD", "ring", "1-1", "f", "v"], ["MULTI"], ["PUBLISH", "lost", "x"], ["PUBLISH", "room", "x"], ["EXEC"], ["PING"]);
        Assert.Equal("1-1", await _wire.ReadAsync());
        Assert.IsType<string>(await _wire.ReadAsync());
        Assert.Equal(0L, await _wire.ReadAsync());
        Assert.IsType<RespError>(await _wire.ReadAsync());
        Assert.Equal(new RespError("ERR wrong number of arguments for 'publish' command"), await _wire.ReadAsync());
        Assert.Equal(0L, await _wire.ReadAsync());
        Assert.Equal(2L, await _wire.ReadAsync());
        Assert.Equal(0L, await _wire.ReadAsync());
        Assert.IsType<RespError>(await _wire.ReadAsync());
        foreach (var text in new[] { "OK", "QUEUED", "QUEUED" }) Assert.Equal(text, await _wire.ReadAsync());
        var done = Assert.IsType<object?[]>(await _wire.ReadAsync());
        Assert.IsType<RespError>(done[0]);
        Assert.Equal(0L, done[1]);
        Assert.Equal("PONG", await _wire.ReadAsync());
    }

    [Fact]
    public async Task One_that_hears_itself_is_answered_before_its_next_message_goes()
    {
        _rooms.Arrive();
        await _wire.AskAsync("HELLO", "3");
        await _wire.AskAsync("SUBSCRIBE", "room");
        await SendAsync(Enumerable.Range(0, 20).Select(i => new[] { "PUBLISH", "room", $"{i}" }));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(new object?[] { "message", "room", $"{i}" }, await _wire.ReadAsync());
            Assert.Equal(1L, await _wire.ReadAsync());
        }
    }

    private Task SendAsync(params IEnumerable<string[]> commands) => _wire.SendRawAsync(commands.SelectMany(RespWire.Encode).ToArray());
}
