namespace Mesh.Orleans.Client;

/// <summary>
/// Tells those who wait at a silo that the cluster has changed: the silo they wait at may be gone, and on an Orleans client a call to a silo that died ends
/// only with its own timeout. Thread-safe.
/// </summary>
internal sealed class ClusterChanges
{
    private volatile CancellationTokenSource _next = new();

    /// <summary>Cancelled at the next change.</summary>
    public CancellationToken Next => _next.Token;

    public void Announce()
    {
        var before = Interlocked.Exchange(ref _next, new CancellationTokenSource());
        before.Cancel();
    }
}
