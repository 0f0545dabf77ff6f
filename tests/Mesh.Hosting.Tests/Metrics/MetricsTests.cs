using System.Diagnostics.Metrics;
using Mesh.Hosting.Metrics;
using Xunit;

namespace Mesh.Hosting.Tests.Metrics;

public sealed class MetricsTests : IDisposable
{
    private readonly MetricCollector _collector = new();
    private readonly Meter _meter = new("Mesh");
    private readonly string _name = "mesh.test" + Guid.NewGuid().ToString("N");

    private string Shown => _name.Replace('.', '_');

    [Fact]
    public void A_counter_adds_up_and_ends_in_total()
    {
        var counter = _meter.CreateCounter<long>(_name, "By", "Bytes of a test.");
        counter.Add(3);
        counter.Add(4);
        Assert.Contains($"# HELP {Shown}_bytes_total Bytes of a test.\n# TYPE {Shown}_bytes_total counter\n{Shown}_bytes_total 7\n", Text());
    }

    [Fact]
    public void Labels_are_kept_apart_and_escaped()
    {
        var counter = _meter.CreateCounter<int>(_name);
        counter.Add(1, KeyValuePair.Create<string, object?>("door", "resp"));
        counter.Add(2, KeyValuePair.Create<string, object?>("door", "a\"b\\c\nd"));
        counter.Add(5, KeyValuePair.Create<string, object?>("door", "resp"));
        var text = Text();
        Assert.Contains($"{Shown}_total{{door=\"resp\"}} 6\n", text);
        Assert.Contains($"{Shown}_total{{door=\"a\\\"b\\\\c\\nd\"}} 2\n", text);
    }

    [Fact]
    public void An_observed_gauge_is_asked_at_each_scrape()
    {
        var value = 1;
        _meter.CreateObservableGauge(_name, () => value);
        Assert.Contains($"# TYPE {Shown} gauge\n{Shown} 1\n", Text());
        value = 9;
        Assert.Contains($"{Shown} 9\n", Text());
    }

    [Fact]
    public void Observed_values_of_one_name_add_up()
    {
        _meter.CreateObservableUpDownCounter(_name, () => 2);
        using var second = new Meter("Mesh");
        second.CreateObservableUpDownCounter(_name, () => 3);
        Assert.Contains($"{Shown} 5\n", Text());
    }

    [Fact]
    public void A_gauge_keeps_the_last_value()
    {
        var gauge = _meter.CreateGauge<double>(_name);
        gauge.Record(2);
        gauge.Record(1.5);
        Assert.Contains($"{Shown} 1.5\n", Text());
    }

    [Fact]
    public void A_histogram_counts_up_its_buckets()
    {
        var histogram = _meter.CreateHistogram(_name, "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 3 }) histogram.Record(value);
        var expected = string.Join('\n', new[]
        {
            $"# TYPE {Shown}_seconds histogram",
            $"{Shown}_seconds_bucket{{le=\"0.1\"}} 2",
            $"{Shown}_seconds_bucket{{le=\"1\"}} 3",
            $"{Shown}_seconds_bucket{{le=\"+Inf\"}} 4",
            $"{Shown}_seconds_sum 3.65",
            $"{Shown}_seconds_count 4",
        });
        Assert.Contains(expected, Text());
    }

    [Fact]
    public void Sets_of_labels_are_bounded()
    {
        var counter = _meter.CreateCounter<long>(_name);
        for (var i = 0; i < MetricFamily.SeriesMax + 50; i++) counter.Add(1, KeyValuePair.Create<string, object?>("stream", i));
        Assert.Equal(MetricFamily.SeriesMax, Text().Split('\n').Count(line => line.StartsWith(Shown + "_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_is_lost_when_many_threads_measure()
    {
        var counter = _meter.CreateCounter<long>(_name);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++) counter.Add(1, KeyValuePair.Create<string, object?>("n", i % 3));
        })));
        var sum = Text().Split('\n').Where(line => line.StartsWith(Shown + "_total{", StringComparison.Ordinal)).Sum(line => long.Parse(line.Split(' ')[1]));
        Assert.Equal(200_000, sum);
    }

    [Fact]
    public void Other_meters_are_left_out_and_the_runtime_is_shown()
    {
        using var other = new Meter("Other");
        other.CreateCounter<long>(_name).Add(1);
        var text = Text();
        Assert.DoesNotContain(Shown, text);
        Assert.Contains("dotnet_process_memory_working_set_bytes ", text);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _collector.Dispose();
    }

    private string Text() => PrometheusText.Write(_collector.Scrape());
}
