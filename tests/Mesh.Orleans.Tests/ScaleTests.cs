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

    private void Print(string what, List<TimeSpan> latencies)
    {
        latencies.Sort();
        var (half, most) = (latencies[latencies.Count / 2], latencies[(int)(latencies.Count * 0.99)]);
        output.WriteLine($"{what}: {latencies.Count} appends, p50 {half.TotalMilliseconds:F1} ms, p99 {most.TotalMilliseconds:F1} ms, slowest {latencies[^1].TotalMilliseconds:F0} ms");
    }
}
