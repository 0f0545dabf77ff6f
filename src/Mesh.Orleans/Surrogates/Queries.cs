using Mesh.Topics;

namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct ChannelQueryForm
{
    [Id(0)]
    public string Path;

    [Id(1)]
    public byte Scope;

    [Id(2)]
    public long After;

    [Id(3)]
    public bool Descending;

    [Id(4)]
    public int RecordsMax;

    [Id(5)]
    public string? ExceptProducer;

    [Id(6)]
    public long BytesMax;
}

[RegisterConverter]
internal sealed class ChannelQueryConverter : IConverter<ChannelQuery, ChannelQueryForm>
{
    public ChannelQuery ConvertFromSurrogate(in ChannelQueryForm surrogate) => new()
    {
        Path = surrogate.Path,
        Scope = (ChannelScope)surrogate.Scope,
        After = new RecordTime(surrogate.After),
        Descending = surrogate.Descending,
        RecordsMax = surrogate.RecordsMax,
        ExceptProducer = surrogate.ExceptProducer,
        BytesMax = surrogate.BytesMax,
    };

    public ChannelQueryForm ConvertToSurrogate(in ChannelQuery value) => new()
    {
        Path = value.Path,
        Scope = (byte)value.Scope,
        After = value.After.Micros,
        Descending = value.Descending,
        RecordsMax = value.RecordsMax,
        ExceptProducer = value.ExceptProducer,
        BytesMax = value.BytesMax,
    };
}

[GenerateSerializer, Immutable]
internal struct TopicFilterForm
{
    [Id(0)]
    public string? Pattern;
}

[RegisterConverter]
internal sealed class TopicFilterConverter : IConverter<TopicFilter, TopicFilterForm>
{
    public TopicFilter ConvertFromSurrogate(in TopicFilterForm surrogate) => new(surrogate.Pattern);

    public TopicFilterForm ConvertToSurrogate(in TopicFilter value) => new() { Pattern = value.Pattern };
}

[GenerateSerializer, Immutable]
internal struct TopicHistoryForm
{
    [Id(0)]
    public StreamNumber Stream;

    [Id(1)]
    public Sequence Low;

    [Id(2)]
    public Sequence High;

    [Id(3)]
    public long[] Sequences;
}

[RegisterConverter]
internal sealed class TopicHistoryConverter : IConverter<TopicHistory, TopicHistoryForm>
{
    public TopicHistory ConvertFromSurrogate(in TopicHistoryForm surrogate) =>
        new(surrogate.Stream, surrogate.Low, surrogate.High, Array.ConvertAll(surrogate.Sequences, value => new Sequence(value)));

    public TopicHistoryForm ConvertToSurrogate(in TopicHistory value) => new()
    {
        Stream = value.Stream,
        Low = value.LowWatermark,
        High = value.HighWatermark,
        Sequences = [.. value.Sequences.Select(sequence => sequence.Value)],
    };
}
