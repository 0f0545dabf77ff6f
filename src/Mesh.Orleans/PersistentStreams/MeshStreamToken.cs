using System.Globalization;
using Orleans.Streams;

namespace Mesh.Orleans;

/// <summary>
/// A place in an Orleans stream that Mesh holds. <see cref="SequenceNumber"/> is the record's sequence in its partition, so it rises along a stream, with gaps.
/// A subscription made or resumed with a token begins with the record it names, or the first one after it. Every event brings the token of its record;
/// <see cref="Next"/> of that goes on behind it. To keep a place as text or JSON, keep the number.
/// </summary>
[GenerateSerializer, Immutable, Alias("mesh.stream-token")]
public sealed class MeshStreamToken : StreamSequenceToken
{
    private MeshStreamToken(long sequence, int index, long timeMicros)
    {
        SequenceNumber = sequence;
        EventIndex = index;
        TimeMicros = timeMicros;
    }

    /// <summary>Sequence of the record; 0 when the place is named by its time.</summary>
    [Id(0)]
    public override long SequenceNumber { get; protected set; }

    /// <summary>0 stands for the record itself; 1 for the place behind it.</summary>
    [Id(1)]
    public override int EventIndex { get; protected set; }

    /// <summary>Microseconds since the Unix epoch, when the place is named by its time; else 0.</summary>
    [Id(2)]
    internal long TimeMicros { get; private set; }

    internal bool IsBehind => EventIndex > 0;

    /// <summary>From this record on. <see cref="Sequence.First"/> is the oldest there is.</summary>
    public static MeshStreamToken From(Sequence sequence) => new(sequence.Value, 0, 0);

    /// <summary>From the first record on that entered the log at this time or later.</summary>
    public static MeshStreamToken From(DateTimeOffset time) => new(0, 0, RecordTime.From(time).Micros);

    /// <summary>The place behind this record.</summary>
    public MeshStreamToken Next() => IsBehind || TimeMicros > 0 ? this : Behind(new Sequence(SequenceNumber));

    /// <summary>What an agent and a consumer agree upon when a record was delivered.</summary>
    internal static MeshStreamToken Behind(Sequence sequence) => new(sequence.Value, 1, 0);

    /// <summary>A token of any provider; of another's, the number counts.</summary>
    internal static MeshStreamToken Of(StreamSequenceToken token) => token as MeshStreamToken ?? From(new Sequence(token.SequenceNumber));

    public override bool Equals(StreamSequenceToken? other) =>
        other is MeshStreamToken token && token.SequenceNumber == SequenceNumber && token.EventIndex == EventIndex && token.TimeMicros == TimeMicros;

    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    public override int GetHashCode() => HashCode.Combine(SequenceNumber, EventIndex, TimeMicros);

    /// <summary>By sequence; a place named by its time stands before all that are not.</summary>
    public override int CompareTo(StreamSequenceToken? other)
    {
        if (other is null) return 1;
        var bySequence = SequenceNumber.CompareTo(other.SequenceNumber);
        if (bySequence != 0) return bySequence;
        var byIndex = EventIndex.CompareTo(other.EventIndex);
        return byIndex != 0 ? byIndex : TimeMicros.CompareTo(other is MeshStreamToken token ? token.TimeMicros : 0);
    }

    public override string ToString() => TimeMicros > 0
        ? new RecordTime(TimeMicros).ToDateTimeOffset().ToString("O", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{(IsBehind ? "behind " : "")}{SequenceNumber}");
}
