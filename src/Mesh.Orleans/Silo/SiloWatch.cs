using Mesh.Orleans.Client;

namespace Mesh.Orleans.Silo;

/// <summary>Announces what a silo hears of the others. Thread-safe.</summary>
internal sealed class SiloWatch(ISiloStatusOracle silos, ClusterChanges changes) : ILifecycleParticipant<ISiloLifecycle>, ISiloStatusListener
{
    private long _lossAt = Environment.TickCount64;

    /// <summary>Since a silo died, or this one started, perhaps after all others died.</summary>
    public TimeSpan SinceLoss => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _lossAt));

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<SiloWatch>(
        ServiceLifecycleStage.Active,
        _ => Task.FromResult(silos.SubscribeToSiloStatusEvents(this)),
        _ => Task.FromResult(silos.UnSubscribeFromSiloStatusEvents(this)));

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status is SiloStatus.Dead) Volatile.Write(ref _lossAt, Environment.TickCount64);

        // Not on the thread of membership: whoever hears of it has calls to make.
        if (status is SiloStatus.Active or SiloStatus.Dead) ThreadPool.QueueUserWorkItem(static all => all.Announce(), changes, preferLocal: false);
    }
}
