using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Engine.Time;
using Mesh.Frames;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>What one stream does to the maintenance of the others.</summary>
public sealed class MaintenanceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly MemoryLogStore _store = new();
    private readonly List<string> _warnings = [];

    [Fact]
    public async Task A_stream_that_cannot_be_opened_is_named_and_the_others_are_maintained()
    {
        var reason = new CorruptFrameException("Its journal is damaged.");
        Assert.Contains("healthy", await WokenAsync(name => name.Name == "damaged" ? throw reason : Task.CompletedTask));
        var warning = Assert.Single(_warnings);
        Assert.Contains("damaged cannot be maintained: Its journal is damaged.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_another_owner_has_is_left_to_it()
    {
        Assert.Contains("healthy", await WokenAsync(name => name.Name == "damaged" ? Task.FromException(new StreamFencedException(name)) : Task.CompletedTask));
        Assert.Empty(_warnings);
    }

    /// <summary>Maintains two streams that have rows to delete and are open nowhere, the first of which is not well, until the second was woken.</summary>
    private async Task<List<string>> WokenAsync(Func<StreamName, Task> wake)
    {
        await FillAsync("damaged", "healthy");
        _clock.Advance(TimeSpan.FromMinutes(5));
        var woken = new List<string>();
        using var stop = new CancellationTokenSource();
        var maintenance = new Maintenance(_store, new SteadyClock(_clock), () => [], WakeAsync, _warnings.Add);
        var running = maintenance.RunAsync(Interval, stop.Token);
        await Eventually.TrueAsync(
            () =>
            {
                if (!running.IsCompleted && !stop.IsCancellationRequested) _clock.Advance(Interval);
                return Task.FromResult(running.IsCompleted);
            },
            "maintenance comes to the stream that is well");
        await running;
        return woken;

        async Task WakeAsync(StreamName name, CancellationToken cancel)
        {
            woken.Add(name.Name);
            if (name.Name == "healthy") await stop.CancelAsync();
            await wake(name);
        }
    }

    private async Task FillAsync(params string[] names)
    {
        await using var mesh = await EmbeddedMesh.StartAsync(_store, clock: _clock);
        foreach (var name in names)
        {
            await mesh.Catalogue.CreateAsync(StreamName.Channel(name), new StreamOptions { RetentionAge = TimeSpan.FromMinutes(1) }, default);
            await mesh.Channel(StreamName.Channel(name)).AppendAsync(Given.Segment("x"));
        }
    }
}
