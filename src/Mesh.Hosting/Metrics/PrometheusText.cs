using System.Globalization;
using System.Text;

namespace Mesh.Hosting.Metrics;

/// <summary>Writes families in the Prometheus text exposition format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var family in families)
        {
            var series = family.Series.ToArray();
            if (series.Length == 0) continue;
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(family.Help)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
            foreach (var each in series)
            {
                if (family.Bounds is { } bounds) WriteHistogram(text, family.Name, each, bounds);
                else Line(text, family.Name, each.Labels, each.Value);
            }
        }

        return text.ToString();
    }

    private static void WriteHistogram(StringBuilder text, string name, MetricSeries series, double[] bounds)
    {
        var separator = series.Labels.Length == 0 ? "" : ",";
        var count = 0L;
        for (var i = 0; i <= bounds.Length; i++)
        {
            count += series.Bucket(i);
            var bound = i == bounds.Length ? "+Inf" : Number(bounds[i]);
            Line(text, name + "_bucket", $"{series.Labels}{separator}le=\"{bound}\"", count);
        }

        Line(text, name + "_sum", series.Labels, series.Value);
        Line(text, name + "_count", series.Labels, count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string help) => help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
}
