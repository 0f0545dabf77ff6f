using Mesh.Embedded;
using Mesh.Engine.Queues;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Engine.Time;
using Mesh.Frames;
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
        await Maintaining.UntilAsync(mesh, _clock, async () => await CountAsync() == 0, "nothing of them is stored");
        Assert.Equal(0, await CountAsync());
        Assert.Equal(["after"], await AppendAndReadAsync(mesh));
    }

    [Fact]
    public async Task Queues_are_found_when_all_messages_of_their_oldest_batch_have_long_expired()
    {
        await PostAsync("mortal", Given.Mortal("a", TimeSpan.FromMinutes(2)), Given.Segment("b"));
        await PostAsync("endless", Given.Segment("a"));
        await PostAsync("longer", Given.Mortal("a", TimeSpan.FromHours(1)));
        await PostAsync("mixed", Mixed());
        var sweep = NewSweep();
        _clock.Advance(TimeSpan.FromSeconds(179));
        Assert.Empty(await sweep.NextAsync());
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(["mortal"], (await sweep.NextAsync()).Select(name => name.Name));
    }

    [Fact]
    public async Task A_step_reads_a_bounded_part_of_the_queues_and_a_batch_once()
    {
        var large = Given.Mortal(new string('x', (int)(QueueHeads.StepBytesMax / 2)), TimeSpan.FromMinutes(1));
        for (var i = 1; i <= 5; i++) await PostAsync($"{i}", large);
        var sweep = NewSweep();
        Assert.Empty(await sweep.NextAsync());
        _clock.Advance(TimeSpan.FromMinutes(5));
        var steps = new List<string>();
        for (var step = 0; step < 3; step++) steps.Add(string.Concat((await sweep.NextAsync()).Select(name => name.Name)));

        // The first step of all read two; what it learnt of them counts in the second round.
        Assert.Equal(["34", "5", ""], steps);
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("12345", string.Concat((await sweep.NextAsync()).Select(name => name.Name)));
    }

    [Fact]
    public async Task The_host_deletes_expired_messages_that_nobody_has_asked_for()
    {
        await PostAsync("forgotten", Given.Mortal("a", TimeSpan.FromMinutes(1)), Given.Mortal("b", TimeSpan.FromMinutes(1)), Given.Segment("kept"));
        _clock.Advance(TimeSpan.FromMinutes(5));
        await using var mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
        await Maintaining.UntilAsync(mesh, _clock, async () => await OldestAsync("forgotten") >= 3, "the expired messages are gone");
        Assert.Equal(3, await OldestAsync("forgotten"));
        Assert.Equal(["kept"], (await mesh.Queue(StreamName.Queue("forgotten")).ListAsync(new QueueQuery())).Records.Bodies());
    }

    private static ReadOnlyMemory<byte> Mixed()
    {
        using var writer = new SegmentWriter();
        writer.Add(new RecordFields { TtlMicros = 60_000_000 }, "a"u8);
        writer.Add(new RecordFields { TtlMicros = 3_600_000_000 }, "b"u8);
        return writer.Finish().ToArray();
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

    /// <summary>Posts to a queue, each segment a batch of its own, and closes it.</summary>
    private async Task PostAsync(string name, params ReadOnlyMemory<byte>[] segments)
    {
        await using var mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
        foreach (var segment in segments) await mesh.Queue(StreamName.Queue(name)).AppendAsync(segment);
    }

    /// <summary>The oldest record stored of a queue.</summary>
    private async Task<long> OldestAsync(string name) =>
        (await _store.ListStoredAsync(default, 1000)).Single(stream => stream.Name == StreamName.Queue(name)).FirstBatch!.Value.First.Value;

    /// <summary>Batches of the channels.</summary>
    private async Task<int> CountAsync() =>
        (await _store.ListStoredAsync(default, 1000)).Count(stream => stream.Name.Kind == StreamKind.Channel && stream.FirstBatch is not null);
}
