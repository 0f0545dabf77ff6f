namespace Mesh.Orleans.Surrogates;

// The vocabulary of Mesh knows nothing of Orleans: each of its types crosses in the form of a surrogate. The numbers of the members are for ever.

[GenerateSerializer, Immutable]
internal struct LongForm
{
    [Id(0)]
    public long Value;
}

[RegisterConverter]
internal sealed class SequenceConverter : IConverter<Sequence, LongForm>
{
    public Sequence ConvertFromSurrogate(in LongForm surrogate) => new(surrogate.Value);

    public LongForm ConvertToSurrogate(in Sequence value) => new() { Value = value.Value };
}

[RegisterConverter]
internal sealed class StreamNumberConverter : IConverter<StreamNumber, LongForm>
{
    public StreamNumber ConvertFromSurrogate(in LongForm surrogate) => new(surrogate.Value);

    public LongForm ConvertToSurrogate(in StreamNumber value) => new() { Value = value.Value };
}

[RegisterConverter]
internal sealed class RecordTimeConverter : IConverter<RecordTime, LongForm>
{
    public RecordTime ConvertFromSurrogate(in LongForm surrogate) => new(surrogate.Value);

    public LongForm ConvertToSurrogate(in RecordTime value) => new() { Value = value.Micros };
}

[GenerateSerializer, Immutable]
internal struct RingIdForm
{
    [Id(0)]
    public ulong Milliseconds;

    [Id(1)]
    public ulong Number;
}

[RegisterConverter]
internal sealed class RingIdConverter : IConverter<RingId, RingIdForm>
{
    public RingId ConvertFromSurrogate(in RingIdForm surrogate) => new(surrogate.Milliseconds, surrogate.Number);

    public RingIdForm ConvertToSurrogate(in RingId value) => new() { Milliseconds = value.Milliseconds, Number = value.Number };
}
