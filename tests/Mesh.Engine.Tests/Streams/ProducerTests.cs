using Mesh.Embedded;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>Producers that number their records and send them again, in other segments perhaps.</summary>
public sealed class ProducerTests : IAsyncLifetime
{
    private readonly FaultyLogStore _store = new(new MemoryLogStore());
    private readonly ManualClock _clock = new();
    private EmbeddedMesh _mesh = null!;

    private IStreamLog Log => _mesh.Partition(StreamName.Partition("orders"));

    public async Task InitializeAsync() => _mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Fact]
    public async Task A_repeat_in_other_segments_is_told_what_is_stored_and_where()
    {
        await SendAsync(1, "a", "b", "c");
        Assert.Equal((2, 2), Known(await SendAsync(2, "b", "c", "d")));
        Assert.IsType<AppendResult.Appended>(await SendAsync(4, "d"));
        Assert.Equal((1, 4), Known(await SendAsync(1, "a", "b", "c", "d", "e")));
        Assert.Equal(["a", "b", "c", "d"], await BodiesAsync());
    }

    [Fact]
    public async Task Records_that_others_stand_between_are_told_run_by_run()
    {
        await SendAsync(1, "a", "b");
        await SendAsync(1, 8, "x");
        await SendAsync(3, "c");
        Assert.Equal((2, 1), Known(await SendAsync(2, "b", "c", "d")));
        Assert.Equal((4, 1), Known(await SendAsync(3, "c", "d")));
        Assert.Equal(["a", "b", "x", "c"], await BodiesAsync());
    }

    [Fact]
    public async Task Places_are_forgotten_beyond_the_bound_but_not_that_records_are_stored()
    {
        for (var number = 1; number <= ProducerNumbers.RunsMax + 2; number++)
        {
            await SendAsync(number, $"{number}");
            await SendAsync(number, 8, "x");
        }

        Assert.Equal((0, 2), Known(await SendAsync(1, "1", "2", "3")));
        Assert.Equal((5, 1), Known(await SendAsync(3, "3")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12_000)] // more rows than a journal holds: the numbers come from a snapshot
    public async Task The_next_owner_knows_the_producers(int appends)
    {
        for (var number = 1; number <= appends; number++) await SendAsync(number, $"{number}");
        await _mesh.DisposeAsync();
        await InitializeAsync();
        Assert.Equal((appends, 1), Known(await SendAsync(appends, "again", "next")));
    }

    [Fact]
    public async Task What_was_refused_is_stored_when_it_is_repeated()
    {
        await SendAsync(1, "a");
        _store.FailNextCommit(CommitFault.Refused);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => SendAsync(2, "b"));
        Assert.IsType<AppendResult.Appended>(await SendAsync(2, "b"));
        Assert.Equal(["a", "b"], await BodiesAsync());
    }

    [Fact]
    public async Task A_producer_that_was_silent_for_the_window_is_forgotten()
    {
        await SendAsync(1, "a");
        _clock.Advance(StreamOptions.Default.DedupeWindow);
        await SendAsync(1, 8, "x");
        Assert.IsType<AppendResult.Appended>(await SendAsync(1, "a"));
    }

    private static (long First, int Count) Known(AppendResult result)
    {
        var known = Assert.IsType<AppendResult.Duplicate>(result);
        return (known.First.Value, known.Count);
    }

    private Task<AppendResult> SendAsync(long first, params string[] bodies) => SendAsync(first, 7, bodies);

    private Task<AppendResult> SendAsync(long first, ulong producer, params string[] bodies) =>
        Log.AppendAsync(Given.Segment(bodies), new AppendOptions { Producer = new ProducerMark(producer, first) }).AsTask();

    private async Task<List<string>> BodiesAsync() => (await Log.ReadAsync(new ReadQuery())).Bodies();
}
