using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Mesh.Hosting.Metrics;

/// <summary>What a metric is, in the words of the Prometheus text format.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>All series of one metric. Measurements without tags take no look-up. Thread-safe.</summary>
internal sealed class MetricFamily
{
    /// <summary>Sets of labels kept; measurements under further ones are left out, so that a careless label cannot fill the memory.</summary>
    public const int SeriesMax = 200;

    private readonly MetricSeries _untagged;
    private readonly Lock _growing = new();
    private (KeyValuePair<string, object?>[] Tags, MetricSeries Series)[] _tagged = [];

    public MetricFamily(Instrument instrument)
    {
        Kind = KindOf(instrument);
        IsObserved = instrument.IsObservable;
        Name = NameOf(instrument, Kind);
        Help = instrument.Description ?? instrument.Name;
        Bounds = Kind == MetricKind.Histogram ? BoundsOf(instrument) : null;
        _untagged = new MetricSeries("", Bounds);
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    /// <summary>Upper bounds of a histogram's buckets, ascending, without infinity.</summary>
    public double[]? Bounds { get; }

    /// <summary>True when the value is asked for at each scrape.</summary>
    public bool IsObserved { get; }

    public IEnumerable<MetricSeries> Series => _tagged.Select(each => each.Series).Prepend(_untagged).Where(series => series.IsSet);

    /// <summary>Takes one measurement. Observed values of several instruments with one name add up.</summary>
    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool replaces)
    {
        var series = tags.IsEmpty ? _untagged : Find(tags);
        if (series is null) return;
        if (Kind == MetricKind.Histogram) series.Record(value);
        else if (replaces) series.Set(value);
        else series.Add(value);
    }

    /// <summary>Forgets the observed values before they are asked for anew.</summary>
    public void ClearObserved()
    {
        if (!IsObserved) return;
        _untagged.Clear();
        foreach (var (_, series) in _tagged) series.Clear();
    }

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (known, series) in Volatile.Read(ref _tagged))
            if (Same(known, tags)) return series;
        lock (_growing)
        {
            foreach (var (known, series) in _tagged)
                if (Same(known, tags)) return series;
            if (_tagged.Length == SeriesMax) return null;
            var added = new MetricSeries(LabelsOf(tags), Bounds);
            Volatile.Write(ref _tagged, [.. _tagged, (tags.ToArray(), added)]);
            return added;
        }
    }

    private static bool Same(KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (known.Length != tags.Length) return false;
        for (var i = 0; i < known.Length; i++)
            if (known[i].Key != tags[i].Key || !Equals(known[i].Value, tags[i].Value)) return false;
        return true;
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            var escaped = text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
            labels.Append(labels.Length == 0 ? "" : ",").Append(Identifier(key)).Append("=\"").Append(escaped).Append('"');
        }

        return labels.ToString();
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        if (type.StartsWith("Histogram", StringComparison.Ordinal)) return MetricKind.Histogram;
        return type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal) ? MetricKind.Counter : MetricKind.Gauge;
    }

    private static string NameOf(Instrument instrument, MetricKind kind)
    {
        var name = Identifier(instrument.Name);
        var unit = instrument.Unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string Identifier(string name) =>
        string.Create(name.Length, name, (target, source) =>
        {
            for (var i = 0; i < source.Length; i++) target[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
        });

    private static double[] BoundsOf(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries?.ToArray(),
            Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToArray(),
            Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound).ToArray(),
            _ => null,
        };
        return advised ?? instrument.Unit switch
        {
            "s" => [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            "ms" => [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000],
            "By" => [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
            _ => [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000],
        };
    }
}
