using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>Holds whose silo is gone.</summary>
public sealed class RingHoldTests
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_call_under_a_hold_that_died_with_its_silo_is_refused_and_nobody_else_waits()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var (ring, hold) = await HeldElsewhereAsync(fixture);
        using (hold.Enter()) Assert.IsType<AppendResult.Appended>(await ring.AppendAsync(Given.Segment("one")));
        await fixture.Cluster.KillSiloAsync(fixture.Cluster.Silos[1]);
        using (hold.Enter())
        {
            var lost = await Assert.ThrowsAsync<StreamHoldLostException>(async () => await ring.AppendAsync(Given.Segment("two")).AsTask().WaitAsync(TimeMax));
            Assert.Equal("held", lost.Stream.Name[..4]);
            await Assert.ThrowsAsync<StreamHoldLostException>(async () => await ring.StateAsync().AsTask().WaitAsync(TimeMax));
        }

        Assert.IsType<AppendResult.Appended>(await ring.AppendAsync(Given.Segment("other")).AsTask().WaitAsync(TimeMax));
        Assert.Equal(["one", "other"], (await ring.ReadAsync(new ReadQuery())).Bodies());
    }

    [Fact]
    public async Task After_it_was_let_go_of_the_same_caller_can_hold_the_ring_again_where_it_is_now()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var (ring, hold) = await HeldElsewhereAsync(fixture);
        await fixture.Cluster.KillSiloAsync(fixture.Cluster.Silos[1]);
        await ((IHoldable)ring).LetGoAsync(hold).AsTask().WaitAsync(TimeMax);
        await ((IHoldable)ring).HoldAsync(hold).AsTask().WaitAsync(TimeMax);
        var other = ring.AppendAsync(Given.Segment("other")).AsTask();
        using (hold.Enter()) await ring.AppendAsync(Given.Segment("one")).AsTask().WaitAsync(TimeMax);
        await ((IHoldable)ring).LetGoAsync(hold);
        await other.WaitAsync(TimeMax);
        Assert.Equal(["one", "other"], (await ring.ReadAsync(new ReadQuery())).Bodies());
    }

    /// <summary>A ring that the second silo has, held.</summary>
    private static async Task<(IRing Ring, StreamHold Hold)> HeldElsewhereAsync(ClusterFixture fixture)
    {
        var management = fixture.Cluster.Client.GetGrain<IManagementGrain>(0);
        for (var i = 0; ; i++)
        {
            var ring = fixture.Mesh.Ring(StreamName.Ring($"held-{i}"));
            var hold = StreamHold.New();
            await ((IHoldable)ring).HoldAsync(hold);
            var grains = await management.GetDetailedGrainStatistics(hostsIds: [fixture.Cluster.Silos[1].SiloAddress]);
            if (grains.Any(grain => grain.GrainId.Key.ToString()!.EndsWith($"held-{i}", StringComparison.Ordinal))) return (ring, hold);
        }
    }
}
