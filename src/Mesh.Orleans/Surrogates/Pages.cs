using Mesh.Frames;
using Orleans.Serialization.Cloning;

namespace Mesh.Orleans.Surrogates;

/// <summary>Stored bytes on their way: never encoded again, only cut down to what the page holds of a batch.</summary>
[GenerateSerializer, Immutable]
internal struct SliceForm
{
    [Id(0)]
    public ReadOnlyMemory<byte> Bytes;

    [Id(1)]
    public int Offset;

    [Id(2)]
    public int Index;

    [Id(3)]
    public int Count;
}

[GenerateSerializer, Immutable]
internal struct RecordPageForm
{
    [Id(0)]
    public SliceForm[] Slices;

    [Id(1)]
    public long Next;

    [Id(2)]
    public long Low;

    [Id(3)]
    public long High;

    [Id(4)]
    public StreamNumber? Stream;
}

[RegisterConverter]
internal sealed class RecordPageConverter : IConverter<RecordPage, RecordPageForm>
{
    public RecordPage ConvertFromSurrogate(in RecordPageForm surrogate)
    {
        var slices = Array.ConvertAll(surrogate.Slices, form => new BatchSlice(form.Bytes, form.Offset, form.Index, form.Count));
        return new RecordPage(slices, new Sequence(surrogate.Next), new Sequence(surrogate.Low), new Sequence(surrogate.High)) { Stream = surrogate.Stream };
    }

    public RecordPageForm ConvertToSurrogate(in RecordPage value)
    {
        var slices = new SliceForm[value.Slices.Count];
        for (var i = 0; i < slices.Length; i++)
        {
            var slice = value.Slices[i].CutOut();
            slices[i] = new SliceForm { Bytes = slice.Batch, Offset = slice.Offset, Index = slice.Index, Count = slice.Count };
        }

        return new RecordPageForm { Slices = slices, Next = value.Next.Value, Low = value.LowWatermark.Value, High = value.HighWatermark.Value, Stream = value.Stream };
    }
}

/// <summary>Pages never change: within a silo they cross as they are.</summary>
[RegisterCopier]
internal sealed class RecordPageCopier : ShallowCopier<RecordPage>;

[GenerateSerializer, Immutable]
internal struct ReadQueryForm
{
    [Id(0)]
    public long From;

    [Id(1)]
    public long? FromTime;

    [Id(2)]
    public bool Backwards;

    [Id(3)]
    public int RecordsMax;

    [Id(4)]
    public int BytesMax;
}

[RegisterConverter]
internal sealed class ReadQueryConverter : IConverter<ReadQuery, ReadQueryForm>
{
    public ReadQuery ConvertFromSurrogate(in ReadQueryForm surrogate) => new()
    {
        From = new Sequence(surrogate.From),
        FromTime = surrogate.FromTime is { } time ? new RecordTime(time) : null,
        Backwards = surrogate.Backwards,
        RecordsMax = surrogate.RecordsMax,
        BytesMax = surrogate.BytesMax,
    };

    public ReadQueryForm ConvertToSurrogate(in ReadQuery value) => new()
    {
        From = value.From.Value,
        FromTime = value.FromTime?.Micros,
        Backwards = value.Backwards,
        RecordsMax = value.RecordsMax,
        BytesMax = value.BytesMax,
    };
}

[GenerateSerializer, Immutable]
internal struct StreamStateForm
{
    [Id(0)]
    public long? Number;

    [Id(1)]
    public long Low;

    [Id(2)]
    public long High;

    [Id(3)]
    public long LastTime;

    [Id(4)]
    public RingId LastId;

    [Id(5)]
    public long Deleted;
}

[RegisterConverter]
internal sealed class StreamStateConverter : IConverter<StreamState, StreamStateForm>
{
    public StreamState ConvertFromSurrogate(in StreamStateForm surrogate) => new(
        surrogate.Number is { } number ? new StreamNumber(number) : null,
        new Sequence(surrogate.Low),
        new Sequence(surrogate.High),
        new RecordTime(surrogate.LastTime),
        surrogate.LastId,
        surrogate.Deleted);

    public StreamStateForm ConvertToSurrogate(in StreamState value) => new()
    {
        Number = value.Number?.Value,
        Low = value.LowWatermark.Value,
        High = value.HighWatermark.Value,
        LastTime = value.LastTime.Micros,
        LastId = value.LastId,
        Deleted = value.Deleted,
    };
}
