namespace Mesh;

/// <summary>How to append, beside the segment.</summary>
public readonly record struct AppendOptions
{
    /// <summary>Two appends with the same id within the stream's window are one; the second gets what the first got. At most 256 bytes.</summary>
    public ReadOnlyMemory<byte> DedupeId { get; init; }

    /// <summary>Set by hosts that send appends over a network: a repeat gets what the first got, as if that had arrived now.</summary>
    public SenderMark? Sender { get; init; }

    /// <summary>
    /// Set when the producer numbers its records: of those that are stored already, at the segment's start, the answer is <see cref="AppendResult.Duplicate"/>, and
    /// nothing of the segment is stored; the others are to be appended by themselves.
    /// </summary>
    public ProducerMark? Producer { get; init; }

    /// <summary>Set when the append moves one record here from another stream: a repeat gets <see cref="AppendResult.Duplicate"/>, however late it comes.</summary>
    public MoveOrigin? Origin { get; init; }

    /// <summary>Do not create a missing stream: answer <see cref="AppendResult.NoSuchStream"/>.</summary>
    public bool MustExist { get; init; }

    /// <summary>Rings: after the append keep only so many records, exactly. Null keeps what the options say.</summary>
    public long? TrimToCount { get; init; }

    /// <summary>The dedupe id of a producer that numbers its appends.</summary>
    public static ReadOnlyMemory<byte> ProducerNumber(string producer, long number) =>
        System.Text.Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{producer}\0{number}"));
}
