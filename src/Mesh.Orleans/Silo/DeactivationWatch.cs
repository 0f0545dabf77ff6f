using Orleans.Runtime.Diagnostics;

namespace Mesh.Orleans.Silo;

/// <summary>What has calls that wait, and ends them when its grain is about to leave.</summary>
internal interface IFollowed
{
    /// <summary>Called on any thread, perhaps more than once, perhaps late.</summary>
    void EndFollowing();
}

/// <summary>
/// Tells a grain that it is about to leave as soon as that is decided. Orleans calls <c>OnDeactivateAsync</c> when no call is under way any more, and calls
/// that follow a stream are always under way: a planned move would wait for the longest of them.
/// </summary>
internal sealed class DeactivationWatch : ILifecycleParticipant<ISiloLifecycle>, IObserver<GrainLifecycleEvents.LifecycleEvent>
{
    private IDisposable? _watching;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<DeactivationWatch>(ServiceLifecycleStage.RuntimeInitialize, _ => Start(), _ => Stop());

    public void OnNext(GrainLifecycleEvents.LifecycleEvent value)
    {
        // Not here, for the activation is locked.
        if (value is GrainLifecycleEvents.Deactivating { GrainContext.GrainInstance: IFollowed followed })
            ThreadPool.UnsafeQueueUserWorkItem(static followed => followed.EndFollowing(), followed, preferLocal: false);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private Task Start()
    {
        _watching = GrainLifecycleEvents.AllEvents.Subscribe(this);
        return Task.CompletedTask;
    }

    private Task Stop()
    {
        _watching?.Dispose();
        return Task.CompletedTask;
    }
}
