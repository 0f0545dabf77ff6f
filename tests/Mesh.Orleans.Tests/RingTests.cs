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
    public async Task Deleting_trimming_and_setting_the_position_are_sent_again_when_the_answer_is_lost()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var ring = fixture.Mesh.Ring(StreamName.Ring("orders"));
        var appended = Assert.IsType<AppendResult.Appended>(await ring.AppendAsync(Given.Segment("a", "b", "c", "d")));
        fixture.LoseAnswers(2);
        await ring.DeleteAsync([appended.FirstId, appended.FirstId.Plus(2)]);
        Assert.Equal(["b", "d"], (await ring.ReadAsync(new ReadQuery())).Bodies());
        fixture.LoseAnswers(2);
        await ring.TrimToCountAsync(1);
        Assert.Equal(["d"], (await ring.ReadAsync(new ReadQuery())).Bodies());
        fixture.LoseAnswers(2);
        var far = new RingId(appended.FirstId.Milliseconds + 1_000_000_000, 7);
        Assert.Equal(RingPositionResult.Done, await ring.SetPositionAsync(new RingPosition(far, null, RingId.None)));
        Assert.Equal(far, (await ring.StateAsync()).LastId);
        Assert.Equal(RingPositionResult.BelowTop, await ring.SetPositionAsync(new RingPosition(appended.FirstId, null, RingId.None)));
    }

    [Fact]
    public async Task A_position_that_is_refused_when_it_is_sent_again_is_not_known_to_be_set()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var ring = fixture.Mesh.Ring(StreamName.Ring("orders"));
        var appended = Assert.IsType<AppendResult.Appended>(await ring.AppendAsync(Given.Segment("a", "b")));
        fixture.LoseAnswers(1);
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await ring.SetPositionAsync(new RingPosition(appended.FirstId, null, RingId.None)));
    }

    [Fact]
    public async Task A_tail_of_a_grain_goes_on_live_and_ends_when_it_is_cancelled()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore(), silos: 1);
        var ring = fixture.Cluster.Client.GetGrain<IRingGrain>(StreamKey.Of(StreamName.Ring("orders")));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
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
