using Google.Protobuf.WellKnownTypes;

namespace Mesh.Client;

/// <summary>Where a reader begins.</summary>
public readonly record struct ReadStart
{
    private readonly long _from;
    private readonly DateTimeOffset? _time;
    private readonly int _last;

    private ReadStart(long from, DateTimeOffset? time, int last) => (_from, _time, _last) = (from, time, last);

    /// <summary>The oldest record that there is.</summary>
    public static ReadStart Oldest => At(Sequence.First);

    /// <summary>What is appended from now on. The default.</summary>
    public static ReadStart Now => default;

    public static ReadStart At(Sequence sequence) => sequence.Value >= 1
        ? new(sequence.Value, null, 0)
        : throw new ArgumentOutOfRangeException(nameof(sequence), sequence, "A sequence is at least 1.");

    /// <summary>The first record of this time or later.</summary>
    public static ReadStart At(DateTimeOffset time) => new(0, time, 0);

    /// <summary>The last so many, 1 to 10,000, in order.</summary>
    public static ReadStart Last(int records) => records is >= 1 and <= 10_000
        ? new(0, null, records)
        : throw new ArgumentOutOfRangeException(nameof(records), records, "The last 1 to 10,000 records can be asked for.");

    internal void WriteTo(V1.ReadRequest request)
    {
        if (_from > 0) request.From = _from;
        else if (_time is { } time) request.FromTime = Timestamp.FromDateTimeOffset(time);
        else if (_last > 0) request.Last = _last;
    }

    internal void WriteTo(V1.CreateGroupRequest request)
    {
        RefuseLast();
        if (_from > 0) request.From = _from;
        else if (_time is { } time) request.FromTime = Timestamp.FromDateTimeOffset(time);
    }

    internal void WriteTo(V1.MoveGroupRequest request)
    {
        RefuseLast();
        if (_from > 0) request.From = _from;
        else if (_time is { } time) request.FromTime = Timestamp.FromDateTimeOffset(time);
    }

    private void RefuseLast()
    {
        if (_last > 0) throw new ArgumentException("A consumer group begins at a sequence, at a time, or now; it knows no last records.");
    }

    internal void WriteTo(V1.TailRequest request)
    {
        if (_from > 0) request.From = _from;
        else if (_time is { } time) request.FromTime = Timestamp.FromDateTimeOffset(time);
        else if (_last > 0) request.Last = _last;
    }
}
