using System.Globalization;

namespace Mesh.Bench.Report;

/// <summary>What several runs of one test gave.</summary>
internal sealed record Samples(IReadOnlyList<double> Values)
{
    public double Median
    {
        get
        {
            var sorted = Values.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>Run by run, this against the other.</summary>
    public Samples Against(Samples other) => new([.. Values.Zip(other.Values, (mine, its) => mine / its)]);

    /// <summary>Median, then minimum and maximum.</summary>
    public override string ToString() => $"{Short(Median)} ({Short(Values.Min())}–{Short(Values.Max())})";

    /// <summary>Three digits, with k or M.</summary>
    public static string Short(double value) => Math.Abs(value) switch
    {
        >= 999_500 => (value / 1e6).ToString("0.00", CultureInfo.InvariantCulture) + " M",
        >= 9_995 => (value / 1e3).ToString("0.0", CultureInfo.InvariantCulture) + " k",
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
