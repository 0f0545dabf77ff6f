using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Engine.Time;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>What retention has taken goes from storage although nobody has the stream open.</summary>
public sealed class RetentionSweepTests : IAsyncDisposable
{
    private static readonly StreamOptions Minute = new() { RetentionAge = TimeSpan.FromMinutes(1) };

    private readonly ManualClock _clock = new();
    private readonly FaultyLogStore _store = new(new MemoryLogStore());

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Streams_are_found_when_their_oldest_batch_is_long_past_its_age()
    {
        await FillAsync(Minute, "short");
        await FillAsync(StreamOptions.Default, "endless");
        await FillAsync(Minute with { RetentionAge = TimeSpan.FromHours(1) }, "long");
        var sweep = NewSweep();
        _clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Empty(await sweep.NextAsync());
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(["short"], (await sweep.NextAsync()).Select(name => name.Name));
        Assert.Empty(await sweep.NextAsync());
    }

    [Fact]
    public async Task A_step_looks_at_and_finds_a_bounded_number_and_a_round_misses_none()
    {
        const int Due = (3 * RetentionSweep.FoundMax) + 1;
        await FillAsync(StreamOptions.Default, [.. Enumerable.Range(0, RetentionSweep.LookedMax).Select(i => $"endless {i}")]);
        await FillAsync(Minute, [.. Enumerable.Range(0, Due).Select(i => $"short {i}")]);
        _clock.Advance(TimeSpan.FromMinutes(5));
        var sweep = NewSweep();
        var found = new List<string>();
        for (var step = 0; step < 6; step++)
        {
            var names = await sweep.NextAsync();
            Assert.InRange(names.Count, 0, RetentionSweep.FoundMax);
            found.AddRange(names.Select(name => name.Name));
        }

        Assert.Equal(Enumerable.Range(0, Due).Select(i => $"short {i}"), found);
    }

    [Fact]
    public async Task The_host_deletes_what_it_finds_in_storage()
    {
        await FillAsync(Minute, "a", "b");
        _clock.Advance(TimeSpan.FromMinutes(5));
        await using var mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
        var other = mesh.Ring(StreamName.Ring("other"));
        for (var tries = 0; tries < 1000 && await CountAsync() > 0; tries++)
        {
            // Maintenance goes on beside the test, and commits with what it appends.
            _clock.Advance(TimeSpan.FromSeconds(5));
            await other.AppendAsync(Given.Segment("x"));
        }

        Assert.Equal(0, await CountAsync());
        Assert.Equal(["after"], await AppendAndReadAsync(mesh));
    }

    private static async Task<List<string>> AppendAndReadAsync(EmbeddedMesh mesh)
    {
        var channel = mesh.Channel(StreamName.Channel("a"));
        Assert.Equal(2, Assert.IsType<AppendResult.Appended>(await channel.AppendAsync(Given.Segment("after"))).First.Value);
        return (await channel.ReadAsync(new ChannelQuery { Path = "" })).Bodies();
    }

    private RetentionSweep NewSweep() => new(_store, new SteadyClock(_clock));

    /// <summary>Makes channels, each with a record in it, and closes them.</summary>
    private async Task FillAsync(StreamOptions options, params string[] names)
    {
        await using var mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
        foreach (var name in names)
        {
            await mesh.Catalogue.CreateAsync(StreamName.Channel(name), options, default);
            await mesh.Channel(StreamName.Channel(name)).AppendAsync(Given.Segment("x"));
        }
    }

    /// <summary>Batches of the channels.</summary>
    private async Task<int> CountAsync() =>
        (await _store.ListStoredAsync(default, 1000)).Count(stream => stream.Name.Kind == StreamKind.Channel && stream.FirstBatch is not null);
}
