using Mesh.Orleans.Client;

namespace Mesh.Orleans.Silo;

/// <summary>Announces what a silo hears of the others.</summary>
internal sealed class SiloWatch(ISiloStatusOracle silos, ClusterChanges changes) : ILifecycleParticipant<ISiloLifecycle>, ISiloStatusListener
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<SiloWatch>(
        ServiceLifecycleStage.Active,
        _ => Task.FromResult(silos.SubscribeToSiloStatusEvents(this)),
        _ => Task.FromResult(silos.UnSubscribeFromSiloStatusEvents(this)));

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        // Not on the thread of membership: whoever hears of it has calls to make.
        if (status is SiloStatus.Active or SiloStatus.Dead) ThreadPool.QueueUserWorkItem(static all => all.Announce(), changes, preferLocal: false);
    }
}
