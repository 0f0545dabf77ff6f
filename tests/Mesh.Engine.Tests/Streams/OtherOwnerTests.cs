using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>Who follows a stream hears, after a bounded time, of what another owner appended, although nobody asks for anything where he waits.</summary>
public sealed class OtherOwnerTests : IAsyncLifetime
{
    private static readonly StreamName Name = StreamName.Ring("shared");
    private static readonly StreamName Tree = StreamName.Channel("tree");

    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private readonly ManualClock _clock = new();
    private EmbeddedMesh _mesh = null!;
    private EmbeddedMesh _other = null!;

    public async Task InitializeAsync()
    {
        _mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
        _other = await EmbeddedMesh.StartAsync(_store, clock: _clock);
    }

    public async Task DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_follower_of_a_stream_that_was_taken_while_it_was_quiet_hears_of_the_new_records()
    {
        await _mesh.Ring(Name).AppendAsync(Given.Segment("1"));
        var next = NextAsync(_mesh.Ring(Name), new Sequence(2));
        await _other.Ring(Name).AppendAsync(Given.Segment("2"));
        await MaintainUntilAsync(next);
        Assert.Equal(["2"], await next);
    }

    [Fact]
    public async Task A_follower_hears_of_them_when_the_loss_was_noticed_by_a_commit()
    {
        await _mesh.Ring(Name).AppendAsync(Given.Segment("1"));
        var next = NextAsync(_mesh.Ring(Name), new Sequence(2));
        await _other.Ring(Name).AppendAsync(Given.Segment("2"));
        await Assert.ThrowsAsync<StreamFencedException>(() => _mesh.Ring(Name).TrimToCountAsync(0).AsTask());
        await MaintainUntilAsync(next);
        Assert.Equal(["2"], await next);
    }

    [Fact]
    public async Task Who_waits_at_a_path_of_a_channel_hears_of_them_too()
    {
        await _mesh.Channel(Tree).AppendAsync(Given.Keyed("/a", "1"));
        var next = _mesh.Channel(Tree).WaitAsync(new ChannelQuery { Path = "/a" }, new Sequence(2), TimeSpan.FromDays(1)).AsTask();
        await _other.Channel(Tree).AppendAsync(Given.Keyed("/a", "2"));
        await MaintainUntilAsync(next);
        Assert.True(await next);
    }

    private static async Task<List<string>> NextAsync(IStreamLog log, Sequence from)
    {
        await foreach (var page in log.TailAsync(from)) return page.Bodies();
        return [];
    }

    private async Task MaintainUntilAsync(Task task)
    {
        await Maintaining.UntilAsync(_other, _clock, () => Task.FromResult(task.IsCompleted), "maintenance tells who follows");
        await task;
    }
}
