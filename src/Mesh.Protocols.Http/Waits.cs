using System.Diagnostics.Metrics;

namespace Mesh.Protocols.Http;

/// <summary>Bounds how many requests of one protocol wait for something to come at once, and ends them when the host stops. Thread-safe.</summary>
/// <param name="protocol">As it stands in the metric's name.</param>
/// <param name="countMax">So many wait at most.</param>
/// <param name="stopping">Cancelled when nobody is to wait any more.</param>
internal sealed class Waits(string protocol, int countMax, CancellationToken stopping)
{
    private static readonly Meter Meter = new("Mesh");
    private readonly UpDownCounter<long> _waiting = Meter.CreateUpDownCounter<long>($"mesh.{protocol}.waits", "{request}", "Requests that wait for something to come.");

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

        _waiting.Add(1);
        return true;
    }

    public void Leave()
    {
        Interlocked.Decrement(ref _count);
        _waiting.Add(-1);
    }
}
