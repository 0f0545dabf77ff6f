using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>Appends that a host sends over a network and may have to send again.</summary>
public sealed class SenderTests : IAsyncLifetime
{
    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private readonly ManualClock _clock = new();
    private EmbeddedMesh _mesh = null!;

    private IRing Ring => _mesh.Ring(StreamName.Ring("orders"));

    public async Task InitializeAsync() => _mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Fact]
    public async Task A_repeat_stores_nothing_and_gets_what_the_first_got()
    {
        await SendAsync(1, 0, "a");
        var first = await SendAsync(2, 0, "b");
        Assert.Equal(first, await SendAsync(2, 0, "b"));
        Assert.Equal(["a", "b"], await BodiesAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12_000)] // more rows than a journal holds: the marks come from a snapshot
    public async Task A_repeat_is_known_to_the_next_owner(int appends)
    {
        var last = Assert.IsType<AppendResult.Appended>(await SendAsync(1, 0, "1"));
        for (var number = 2; number <= appends; number++) last = Assert.IsType<AppendResult.Appended>(await SendAsync(number, number - 2, $"{number}"));
        await _mesh.DisposeAsync();
        await InitializeAsync();
        Assert.Equal(last, await SendAsync(appends, appends - 2, "again"));
        Assert.Equal(appends, (await Ring.StateAsync()).Length);
    }

    [Fact]
    public async Task What_was_refused_or_lost_is_appended_when_it_is_repeated()
    {
        await SendAsync(1, 0, "a");
        _store.FailNextCommit(CommitFault.Refused);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => SendAsync(2, 1, "b"));
        Assert.IsType<AppendResult.Appended>(await SendAsync(2, 1, "b"));
        Assert.Equal(["a", "b"], await BodiesAsync());
    }

    [Fact]
    public async Task An_append_that_was_overtaken_by_its_own_repeat_stores_nothing()
    {
        await SendAsync(1, 0, "a");
        await SendAsync(2, 1, "b");
        Assert.IsType<AppendResult.Busy>(await SendAsync(1, 0, "a"));
        Assert.Equal(["a", "b"], await BodiesAsync());
    }

    [Fact]
    public async Task Senders_do_not_know_of_one_another()
    {
        await SendAsync(1, 0, "a");
        await SendAsync(1, 0, "b", sender: 8);
        Assert.Equal(["a", "b"], await BodiesAsync());
    }

    private Task<AppendResult> SendAsync(long number, long settled, string body, ulong sender = 7) =>
        Ring.AppendAsync(Given.Segment(body), new AppendOptions { Sender = new SenderMark(sender, number, settled) }).AsTask();

    private async Task<List<string>> BodiesAsync() => (await Ring.ReadAsync(new ReadQuery())).Bodies();
}
