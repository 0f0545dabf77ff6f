using System.Diagnostics;
using System.Net;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Cluster.Tests;

public sealed class FailoverTests(ITestOutputHelper output)
{
    private const int Loads = 4;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task A_killed_silo_loses_nothing_acknowledged_and_service_goes_on() => await UnderLoadAsync(Mortal.Silos, async (cluster, loads) =>
    {
        cluster.Silos[0].KillHard();
        await cluster.Silos[0].EndAsync();
        await ContinueAsync(loads);
    });

    [PostgresFact]
    public async Task Rings_and_what_their_groups_know_are_as_they_were_after_all_silos_that_had_them_were_killed()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Silos);
        await RingsThatLast.MakeAsync(cluster.Gateways[0]);
        var before = await RingsThatLast.DescribeAsync(cluster.Gateways[0]);
        for (var kill = 0; kill < 2; kill++)
        {
            cluster.Silos[kill].KillHard();
            await cluster.Silos[kill].EndAsync();
            Assert.Equal(before, await RingsThatLast.DescribeAsync(cluster.Gateways[1]).WaitAsync(TimeMax));
            await cluster.AddSiloAsync();
        }
    }

    [PostgresFact]
    public async Task A_silo_told_to_stop_gives_its_streams_up_and_nobody_is_refused() => await UnderLoadAsync(Mortal.Gateways, async (cluster, loads) =>
    {
        var since = Stopwatch.StartNew();
        cluster.Silos[0].Terminate();
        var (code, errors) = await cluster.Silos[0].EndAsync();
        output.WriteLine($"The silo ended after {since.Elapsed.TotalSeconds:0.0} s. {errors}");
        Assert.Equal(0, code);
        await ContinueAsync(loads);
    });

    [PostgresFact]
    public async Task A_silo_told_to_stop_is_not_ready_from_then_on_and_ends_when_what_it_accepted_is_stored()
    {
        TcpRelay? relay = null;
        try
        {
            await UnderLoadAsync(
                Mortal.Gateways,
                async (cluster, loads) =>
                {
                    var leaving = cluster.Silos[^1];
                    using var http = new HttpClient();
                    await Eventually.TrueAsync(async () => await ReadyAsync() == (HttpStatusCode.OK, "ready\n"), "the silo is ready");
                    await relay!.CutAsync().WaitAsync(TimeMax);
                    leaving.Terminate();
                    await Eventually.TrueAsync(
                        async () => await ReadyAsync() == (HttpStatusCode.ServiceUnavailable, "not ready: the host is stopping\n"), "the silo says that it is stopping");
                    Assert.False(leaving.HasEnded);
                    relay.Heal();
                    var (code, errors) = await leaving.EndAsync();
                    Assert.True(code == 0, errors);
                    await ContinueAsync(loads);

                    async Task<(HttpStatusCode, string)> ReadyAsync()
                    {
                        using var answer = await http.GetAsync(new Uri(leaving.Http, "/healthz/ready"));
                        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
                    }
                },
                prepare: cluster =>
                {
                    var data = new NpgsqlConnectionStringBuilder(cluster.Data);
                    relay = new TcpRelay(new IPEndPoint(IPAddress.Loopback, data.Port));
                    data.Port = relay.Port;
                    return cluster.AddSiloAsync(data.ConnectionString);
                });
        }
        finally
        {
            if (relay is not null) await relay.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task A_silo_that_joins_takes_the_place_of_one_that_was_killed() => await UnderLoadAsync(Mortal.Silos, async (cluster, loads) =>
    {
        await cluster.AddSiloAsync();
        cluster.Silos[0].KillHard();
        await ContinueAsync(loads);
        cluster.Silos[1].KillHard();
        await ContinueAsync(loads);
    });

    /// <summary>Appends to rings of all silos through one gateway while something happens, and reads everything through the other.</summary>
    private async Task UnderLoadAsync(Mortal mortal, Func<Cluster, AppendLoad[], Task> happen, Func<Cluster, Task>? prepare = null)
    {
        await using var cluster = await Cluster.OpenAsync(mortal);
        if (prepare is not null) await prepare(cluster);
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
