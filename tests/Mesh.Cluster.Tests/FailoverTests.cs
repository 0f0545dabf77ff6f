using System.Diagnostics;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Cluster.Tests;

public sealed class FailoverTests(ITestOutputHelper output)
{
    private const int Loads = 4;

    [PostgresFact]
    public async Task A_killed_silo_loses_nothing_acknowledged_and_service_goes_on() => await UnderLoadAsync(async (cluster, loads) =>
    {
        cluster.Silos[0].KillHard();
        await cluster.Silos[0].EndAsync();
        await ContinueAsync(loads);
    });

    [PostgresFact]
    public async Task A_silo_told_to_stop_gives_its_streams_up_and_nobody_is_refused() => await UnderLoadAsync(async (cluster, loads) =>
    {
        var since = Stopwatch.StartNew();
        cluster.Silos[0].Terminate();
        var (code, errors) = await cluster.Silos[0].EndAsync();
        output.WriteLine($"The silo ended after {since.Elapsed.TotalSeconds:0.0} s. {errors}");
        Assert.Equal(0, code);
        await ContinueAsync(loads);
    });

    [PostgresFact]
    public async Task A_silo_that_joins_takes_the_place_of_one_that_was_killed() => await UnderLoadAsync(async (cluster, loads) =>
    {
        await cluster.AddSiloAsync();
        cluster.Silos[0].KillHard();
        await ContinueAsync(loads);
        cluster.Silos[1].KillHard();
        await ContinueAsync(loads);
    });

    /// <summary>Appends to rings of all silos through one gateway while something happens, and reads everything through the other.</summary>
    private async Task UnderLoadAsync(Func<Cluster, AppendLoad[], Task> happen)
    {
        await using var cluster = await Cluster.OpenAsync();
        var loads = Enumerable.Range(0, Loads).Select(number => new AppendLoad(Ring(number), $"load-{number}")).ToArray();
        var running = loads.Select(load => load.RunAsync(cluster.Gateways[0].Resp)).ToArray();
        await Task.WhenAll(loads.Select(load => load.ReachesAsync(1000)));

        await happen(cluster, loads);

        cluster.Gateways[0].Terminate();
        Assert.Equal(0, (await cluster.Gateways[0].EndAsync()).Code);
        await Task.WhenAll(running);
        output.WriteLine($"{loads.Sum(load => load.Acknowledged.Count)} acknowledged; the slowest answer took {loads.Max(load => load.Slowest).TotalSeconds:0.0} s.");
        Assert.All(loads, load => Assert.Empty(load.Refused));
        for (var number = 0; number < Loads; number++) await AppendLoad.CheckAsync(cluster.Gateways[1].Resp, Ring(number), [loads[number]]);
    }

    /// <summary>Service goes on: every ring takes more.</summary>
    private static Task ContinueAsync(AppendLoad[] loads) => Task.WhenAll(loads.Select(load => load.ReachesMoreAsync(1000)));

    private static string Ring(int number) => $"ring-{number}";
}
