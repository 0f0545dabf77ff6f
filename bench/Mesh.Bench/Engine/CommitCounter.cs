using System.Diagnostics.Metrics;

namespace Mesh.Bench.Engine;

/// <summary>Counts transactions by the engine's own meter.</summary>
internal sealed class CommitCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _commits;

    public CommitCounter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Name: "mesh.commit.duration", Meter.Name: "Mesh" }) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _commits));
        _listener.Start();
    }

    public long Commits => Volatile.Read(ref _commits);

    public void Dispose() => _listener.Dispose();
}
