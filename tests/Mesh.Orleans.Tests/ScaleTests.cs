using Mesh.Engine.Storage;
using Mesh.Orleans.Grains;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Orleans.Tests;

/// <summary>How long appends take while a cluster grows and shrinks.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Rings = 8;
    private const int Appends = 200;

    [PostgresFact]
    public async Task From_one_silo_to_three_and_back_every_append_is_taken()
    {
        await using var fixture = await OrleansOnPostgres.StartAsync(silos: 1);
        var cluster = fixture.Cluster;
        var old = new AppendLoad(fixture.Mesh, Rings);
        old.Start();
        await old.ProgressAsync(Appends);
        Print("one silo", old.TakeLatencies());

        await cluster.StartAdditionalSiloAsync();
        await cluster.StartAdditionalSiloAsync();
        await cluster.WaitForLivenessToStabilizeAsync();

        // These are on all three.
        var young = new AppendLoad(fixture.Mesh, Rings, first: Rings);
        young.Start();
        await Task.WhenAll(old.ProgressAsync(Appends), young.ProgressAsync(Appends));
        Print("one to three silos", [.. old.TakeLatencies(), .. young.TakeLatencies()]);

        await cluster.StopSiloAsync(cluster.Silos[0]);
        await cluster.StopSiloAsync(cluster.Silos[0]);
        await Task.WhenAll(old.ProgressAsync(Appends), young.ProgressAsync(Appends));
        Print("three to one silos", [.. old.TakeLatencies(), .. young.TakeLatencies()]);

        foreach (var load in new[] { old, young })
        {
            await load.CheckAsync();
            Assert.Empty(load.Refusals);
        }
    }

    [Fact]
    public async Task Streams_in_use_move_to_a_silo_that_joins_and_every_append_is_taken()
    {
        const int Streams = 60;
#pragma warning disable ORLEANSEXP002
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore(), silos: 1, configureSilo: silo => silo.MoveStreamsToNewSilos());
#pragma warning restore ORLEANSEXP002
        var load = new AppendLoad(fixture.Mesh, Streams);
        load.Start();
        await load.ProgressAsync(Appends);
        load.TakeLatencies();
        var joined = await fixture.Cluster.StartAdditionalSiloAsync();
        var management = fixture.Cluster.Client.GetGrain<IManagementGrain>(0);
        await Eventually.TrueAsync(async () => await MovedAsync() > 0, "the first streams are on the silo that has joined");
        await Eventually.TrueAsync(async () => await MovedAsync() >= Streams / 5, "a fifth of the streams is on the silo that has joined");
        await load.ProgressAsync(Appends);
        Print("moving to a second silo", load.TakeLatencies());
        await load.CheckAsync();
        Assert.Empty(load.Refusals);

        async Task<int> MovedAsync() => (await management.GetDetailedGrainStatistics()).Count(
            grain => grain.GrainType.Contains(nameof(RingGrain), StringComparison.Ordinal) && grain.SiloAddress.Equals(joined.SiloAddress));
    }

    private void Print(string what, List<TimeSpan> latencies)
    {
        latencies.Sort();
        var (half, most) = (latencies[latencies.Count / 2], latencies[(int)(latencies.Count * 0.99)]);
        output.WriteLine($"{what}: {latencies.Count} appends, p50 {half.TotalMilliseconds:F1} ms, p99 {most.TotalMilliseconds:F1} ms, slowest {latencies[^1].TotalMilliseconds:F0} ms");
    }
}
