using Mesh.Engine.Storage;
using Mesh.Orleans.Grains;
using Mesh.Testing;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>A ring's grain, called as any grain is.</summary>
public sealed class RingTests
{
    [Fact]
    public async Task A_ring_in_one_silo_is_appended_to_and_read_through_its_grain()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore(), silos: 1);
        var ring = fixture.Cluster.Client.GetGrain<IRingGrain>(StreamKey.Of(StreamName.Ring("orders")));
        var appended = Assert.IsType<AppendResult.Appended>(await ring.AppendAsync(Given.Segment("a", "b")));
        Assert.Equal((1L, 2), (appended.First.Value, appended.Count));
        Assert.Equal(["a", "b"], (await ring.ReadAsync(new ReadQuery())).Bodies());
        Assert.Equal(["a", "b"], (await fixture.Mesh.Ring(StreamName.Ring("orders")).ReadAsync(new ReadQuery())).Bodies());
    }

    [Fact]
    public async Task A_tail_of_a_grain_goes_on_live_and_ends_when_it_is_cancelled()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore(), silos: 1);
        var ring = fixture.Cluster.Client.GetGrain<IRingGrain>(StreamKey.Of(StreamName.Ring("orders")));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await ring.AppendAsync(Given.Segment("a"));
        var bodies = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var page in ring.TailAsync(Sequence.First, stop.Token))
            {
                bodies.AddRange(page.Bodies());
                if (bodies.Count == 1) await ring.AppendAsync(Given.Segment("b"));
                else await stop.CancelAsync();
            }
        });
        Assert.Equal(["a", "b"], bodies);
    }
}
