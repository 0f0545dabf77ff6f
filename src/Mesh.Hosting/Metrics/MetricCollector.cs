using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Mesh.Hosting.Metrics;

/// <summary>Listens to the meters that are shown and keeps what they measured. Thread-safe.</summary>
internal sealed class MetricCollector : IDisposable
{
    /// <summary>Our own meter, the runtime's, and of the web server's only what counts connections (the rest would cost each request).</summary>
    private static readonly string[] Meters = ["Mesh", "System.Runtime"];

    private static readonly string[] KestrelInstruments = ["kestrel.active_connections", "kestrel.rejected_connections"];

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _scraping = new();
    private readonly MeterListener _listener = new();

    public MetricCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!IsShown(instrument)) return;
            var made = new MetricFamily(instrument);
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(made.Name, made));
        };
        Listen<byte>(value => value);
        Listen<short>(value => value);
        Listen<int>(value => value);
        Listen<long>(value => value);
        Listen<float>(value => value);
        Listen<double>(value => value);
        Listen<decimal>(value => (double)value);
        _listener.Start();
    }

    /// <summary>Asks for the observed values and gives all families by name.</summary>
    public IReadOnlyList<MetricFamily> Scrape()
    {
        lock (_scraping)
        {
            foreach (var family in _families.Values) family.ClearObserved();
            _listener.RecordObservableInstruments();
            return [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];
        }
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsShown(Instrument instrument) =>
        Meters.Contains(instrument.Meter.Name) || KestrelInstruments.Contains(instrument.Name);

    private void Listen<T>(Func<T, double> convert)
        where T : struct =>
        _listener.SetMeasurementEventCallback<T>((instrument, value, tags, state) =>
            ((MetricFamily)state!).Measure(convert(value), tags, replaces: instrument is Gauge<T>));
}
