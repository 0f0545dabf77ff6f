using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Orleans.Client;

/// <summary>
/// Asks now and then which silos there are, for an Orleans client is not told: one small call. What changes is announced. Thread-safe.
/// </summary>
internal sealed class ClusterWatch(IServiceProvider services, ClusterChanges changes) : ILifecycleParticipant<IClusterClientLifecycle>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a client that ends waits until silos know.</summary>
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    public void Participate(IClusterClientLifecycle lifecycle) => lifecycle.Subscribe<ClusterWatch>(ServiceLifecycleStage.Active, StartAsync, StopAsync);

    private Task StartAsync(CancellationToken cancel)
    {
        _watching = Task.Run(WatchAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancel)
    {
        await _stop.CancelAsync();
        await _watching;
        await services.GetRequiredService<OrleansMesh>().LeaveAsync(LeaveMax);
    }

    private async Task WatchAsync()
    {
        var management = services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        using var timer = new PeriodicTimer(Interval);
        HashSet<SiloAddress>? known = null;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    var silos = (await management.GetHosts(onlyActive: true)).Keys.ToHashSet();
                    if (known is not null && !known.SetEquals(silos)) changes.Announce();
                    known = silos;
                }
                catch (Exception reason) when (Patience.IsOfTheCluster(reason))
                {
                    // Asked again at the next tick.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
