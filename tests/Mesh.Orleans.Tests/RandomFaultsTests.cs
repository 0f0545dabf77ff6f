using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Orleans.Tests;

/// <summary>Silos die, leave and join, the store fails and streams are taken away, at random and under load. The seed is in the test's name.</summary>
public sealed class RandomFaultsTests(ITestOutputHelper output)
{
    private const int Rings = 6;
    private const int SilosMax = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_fails_nothing_acknowledged_is_lost_and_nothing_is_there_twice(int seed)
    {
        var random = new Random(seed);
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var load = new AppendLoad(fixture.Mesh, Rings);
        load.Start();
        await load.ProgressAsync(5);
        var faults = new List<string>();
        for (var step = 0; step < 10; step++)
        {
            faults.Add(await FailAsync(fixture, random));
            await load.ProgressAsync(random.Next(3, 15));
        }

        await load.CheckAsync();
        output.WriteLine($"{string.Join(", ", faults)}. {load.Acknowledged} acknowledged; the slowest append took {load.Slowest.TotalSeconds:F1} s; {load.Refusals.Count} kinds of refusals.");
        Assert.All(load.Refusals, refusal => Assert.Contains(nameof(StorageUnavailableException), refusal, StringComparison.Ordinal));
    }

    private static async Task<string> FailAsync(ClusterFixture fixture, Random random)
    {
        var silos = fixture.Cluster.Silos;
        switch (random.Next(7))
        {
            case 0 when silos.Count > 1:
                await fixture.Cluster.KillSiloAsync(silos[random.Next(silos.Count)]);
                return "kill";
            case 1 when silos.Count > 1:
                await fixture.Cluster.StopSiloAsync(silos[random.Next(silos.Count)]);
                return "leave";
            case 2 when silos.Count == SilosMax:
                return "nothing";
            case < 3:
                await fixture.Cluster.StartAdditionalSiloAsync();
                return "join";
            case 3:
                var fault = (CommitFault)random.Next(1, 4);
                fixture.Store.FailNextCommit(fault);
                return $"commit {fault}";
            case 4:
                await fixture.Store.OpenAsync([new OpenRequest(AppendLoad.Name(random.Next(Rings)), null)]);
                return "take over";
            case 5:
                fixture.LoseAnswers(random.Next(1, 10));
                return "lose answers";
            default:
                using (fixture.Store.HoldCommits()) await fixture.Mesh.Catalogue.CountAsync("nobody", StreamKind.Ring);
                return "hold commits";
        }
    }
}
