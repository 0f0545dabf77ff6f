using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Queues;

/// <summary>Damaged records of a queue are reported and stepped over, and do not keep what comes after them.</summary>
public sealed class DamagedQueueTests
{
    private static readonly StreamName Name = StreamName.Queue("jobs");
    private static readonly ClaimTerms Minute = new(TimeSpan.FromMinutes(1), TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_damaged_record_is_not_counted_and_the_head_moves_past_it(int damaged)
    {
        var warnings = new List<string>();
        await using var store = new FaultyLogStore(new MemoryLogStore());
        var options = new EmbeddedMeshOptions { Commit = new() { CacheBytesMax = 0 }, Engine = new() { TrimInterval = TimeSpan.Zero }, Warn = warnings.Add };
        await using var mesh = await EmbeddedMesh.StartAsync(store, options, new ManualClock());
        var queue = mesh.Queue(Name);
        for (var i = 1; i <= 5; i++) Assert.IsType<AppendResult.Appended>(await queue.AppendAsync(Given.Segment($"{i}")));
        store.Damage(new Sequence(damaged));

        var popped = await queue.PopAsync(10);

        Assert.Equal(Enumerable.Range(1, 5).Where(i => i != damaged).Select(i => $"{i}"), popped.Records.Bodies());
        var stats = await queue.StatsAsync();
        Assert.Equal((0, 0), (stats.Claimed, stats.Free));
        Assert.Equal(6, (await queue.StateAsync()).LowWatermark.Value);
        Assert.Contains(warnings, text => text.StartsWith($"Records {damaged} to {damaged} of default/Queue:jobs are damaged", StringComparison.Ordinal));
        await queue.AppendAsync(Given.Segment("next"));
        Assert.Equal(["next"], (await queue.ClaimAsync(10, Minute)).Page.Records.Bodies());
    }
}
