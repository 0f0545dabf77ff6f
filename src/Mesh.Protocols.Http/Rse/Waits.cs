using System.Diagnostics.Metrics;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Bounds how many requests wait for events at once, and ends them when the host stops. Thread-safe.</summary>
internal sealed class Waits(int countMax, CancellationToken stopping)
{
    private static readonly Meter Meter = new("Mesh");
    private static readonly UpDownCounter<long> Waiting = Meter.CreateUpDownCounter<long>("mesh.rse.waits", "{request}", "RSE requests that wait for events.");

    private int _count;

    /// <summary>Cancelled when nobody is to wait any more.</summary>
    public CancellationToken Stopping => stopping;

    /// <returns>False when so many wait already; else <see cref="Leave"/> when it has waited.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) > countMax)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        Waiting.Add(1);
        return true;
    }

    public void Leave()
    {
        Interlocked.Decrement(ref _count);
        Waiting.Add(-1);
    }
}
