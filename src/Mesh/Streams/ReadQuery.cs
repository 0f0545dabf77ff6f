namespace Mesh;

/// <summary>Which records to read. Everything is cut to what the stream still holds; nothing waits.</summary>
public readonly record struct ReadQuery
{
    public ReadQuery()
    {
    }

    /// <summary>First sequence wanted; backwards, the last one. With <see cref="FromTime"/> set it does not count.</summary>
    public Sequence From { get; init; } = Sequence.First;

    /// <summary>First time wanted (this or later); backwards, the last one (this or earlier).</summary>
    public RecordTime? FromTime { get; init; }

    /// <summary>Newest first.</summary>
    public bool Backwards { get; init; }

    /// <summary>1 to <see cref="RecordsLimit"/>.</summary>
    public int RecordsMax { get; init; } = 1000;

    /// <summary>The page ends at the first batch that reaches this many bytes; at least one record comes.</summary>
    public int BytesMax { get; init; } = 1024 * 1024;

    public const int RecordsLimit = 100_000;

    /// <summary>The last <paramref name="records"/>, newest first.</summary>
    public static ReadQuery Last(int records) => new() { From = Sequence.Max, Backwards = true, RecordsMax = records };
}
