using Mesh.Testing.Postgres;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Cluster.Tests.Faults;

/// <summary>
/// Faults done to a cluster under the load of all doors. The short form does each once; <c>MESH_FAULT_MINUTES=10</c> draws them at random for so long, and
/// <c>MESH_FAULT_SEED</c> draws the same ones again.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private static readonly double? Minutes = double.TryParse(Environment.GetEnvironmentVariable("MESH_FAULT_MINUTES"), out var minutes) ? minutes : null;

    [PostgresFact]
    public async Task Killing_silos_and_gateways_loses_and_doubles_nothing_acknowledged() => await RunAsync(async run =>
    {
        await run.KillSiloAsync(0);
        await run.KillSiloAsync(1);
        await run.KillGatewayAsync(0);
        await run.KillAllSilosAsync();
    });

    [PostgresFact]
    public async Task A_silo_that_wakes_after_it_was_voted_dead_changes_nothing() => await RunAsync(run => run.PauseSiloAsync(0));

    [PostgresFact]
    public async Task A_silo_that_is_paused_or_cut_off_and_then_killed_leaves_one_history() => await RunAsync(async run =>
    {
        await run.PauseAndKillSiloAsync(0);
        await run.PartitionAndKillSiloAsync(1);
        await run.PartitionSiloAsync(0);
    });

    [PostgresFact]
    public async Task Another_host_on_the_database_by_mistake_makes_no_second_history() => await RunAsync(run => run.ShareDatabaseAsync());

    [PostgresFact]
    public async Task A_crash_of_the_database_loses_and_doubles_nothing_acknowledged() => await RunAsync(run => run.CrashDatabaseAsync());

    [PostgresFact]
    public async Task Silos_come_and_go_under_load() => await RunAsync(async run =>
    {
        await run.RestartInTurnAsync();
        await run.ScaleAsync(3);
        await run.ScaleAsync(1);
    });

    [LongFaultFact]
    public async Task Random_faults_for_as_long_as_asked() => await RunAsync(async run =>
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("MESH_FAULT_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"MESH_FAULT_SEED={seed}");
        var random = new Random(seed);
        for (var end = DateTime.UtcNow.AddMinutes(Minutes!.Value); DateTime.UtcNow < end;) await DoAsync(run, random);
    });

    private static Task DoAsync(FaultRun run, Random random) => random.Next(16) switch
    {
        < 4 => run.KillSiloAsync(random.Next(run.Silos)),
        4 => run.KillAllSilosAsync(),
        5 or 6 => run.KillGatewayAsync(random.Next(run.Gateways)),
        7 or 8 => run.PauseSiloAsync(random.Next(run.Silos)),
        9 => run.CrashDatabaseAsync(),
        10 => run.RestartInTurnAsync(),
        11 => run.PauseAndKillSiloAsync(random.Next(run.Silos)),
        12 => run.PartitionSiloAsync(random.Next(run.Silos)),
        13 => run.PartitionAndKillSiloAsync(random.Next(run.Silos)),
        14 => run.ShareDatabaseAsync(),
        _ => run.ScaleAsync(random.Next(2, 4)),
    };

    private async Task RunAsync(Func<FaultRun, Task> faults)
    {
        await using var run = await FaultRun.OpenAsync(silos: 2, gateways: 2, output.WriteLine);
        try
        {
            await faults(run);
            var report = await run.EndAsync();
            output.WriteLine(report.ToString());
            Assert.True(report.IsClean, report.ToString());
        }
        catch (Exception)
        {
            output.WriteLine(run.Said());
            throw;
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class LongFaultFactAttribute : PostgresFactAttribute
    {
        public LongFaultFactAttribute()
        {
            if (Minutes is null) Skip ??= "Runs for as long as MESH_FAULT_MINUTES says.";
        }
    }
}
