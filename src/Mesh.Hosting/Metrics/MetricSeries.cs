namespace Mesh.Hosting.Metrics;

/// <summary>The running value of one metric under one set of labels. Thread-safe without locks; a scrape may see a histogram between two of its updates.</summary>
internal sealed class MetricSeries(string labels, double[]? bounds)
{
    private readonly long[] _buckets = new long[bounds is null ? 0 : bounds.Length + 1];
    private double _value;

    /// <summary>As they stand in the text, without braces; empty when there are none.</summary>
    public string Labels { get; } = labels;

    /// <summary>The sum or the last value; of a histogram, the sum of what was recorded.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>False for an observed value that the last scrape did not find.</summary>
    public bool IsSet { get; private set; }

    /// <summary>How many recorded values fell into a bucket.</summary>
    public long Bucket(int index) => Volatile.Read(ref _buckets[index]);

    public void Add(double value)
    {
        IsSet = true;
        var seen = Volatile.Read(ref _value);
        while (true)
        {
            var found = Interlocked.CompareExchange(ref _value, seen + value, seen);
            if (SameBits(found, seen)) return;
            seen = found;
        }
    }

    public void Set(double value)
    {
        IsSet = true;
        Volatile.Write(ref _value, value);
    }

    public void Record(double value)
    {
        var index = Array.BinarySearch(bounds!, value);
        Interlocked.Increment(ref _buckets[index < 0 ? ~index : index]);
        Add(value);
    }

    public void Clear()
    {
        IsSet = false;
        Volatile.Write(ref _value, 0);
    }

    /// <summary>The exchange compares bits, and so does this.</summary>
    private static bool SameBits(double left, double right) => BitConverter.DoubleToInt64Bits(left) == BitConverter.DoubleToInt64Bits(right);
}
