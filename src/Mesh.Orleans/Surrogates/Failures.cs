using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct TextForm
{
    [Id(0)]
    public string Text;
}

[RegisterConverter]
internal sealed class StorageUnavailableConverter : IConverter<StorageUnavailableException, TextForm>
{
    public StorageUnavailableException ConvertFromSurrogate(in TextForm surrogate) => new(surrogate.Text);

    public TextForm ConvertToSurrogate(in StorageUnavailableException value) => new() { Text = value.Message };
}

[RegisterConverter]
internal sealed class StreamFencedConverter : IConverter<StreamFencedException, StreamNameForm>
{
    public StreamFencedException ConvertFromSurrogate(in StreamNameForm surrogate) => new(new StreamName(surrogate.Project, (StreamKind)surrogate.Kind, surrogate.Name));

    public StreamNameForm ConvertToSurrogate(in StreamFencedException value) => new()
    {
        Project = value.Stream.Project,
        Kind = (byte)value.Stream.Kind,
        Name = value.Stream.Name,
    };
}

[GenerateSerializer, Immutable]
internal struct StreamHoldLostForm
{
    [Id(0)]
    public StreamName Stream;

    [Id(1)]
    public bool MayHaveRun;
}

[RegisterConverter]
internal sealed class StreamHoldLostConverter : IConverter<StreamHoldLostException, StreamHoldLostForm>
{
    public StreamHoldLostException ConvertFromSurrogate(in StreamHoldLostForm surrogate) => new(surrogate.Stream, surrogate.MayHaveRun);

    public StreamHoldLostForm ConvertToSurrogate(in StreamHoldLostException value) => new() { Stream = value.Stream, MayHaveRun = value.MayHaveRun };
}

[GenerateSerializer, Immutable]
internal struct PublishRefusedForm
{
    [Id(0)]
    public AppendAnswer Outcome;
}

[RegisterConverter]
internal sealed class PublishRefusedConverter : IConverter<PublishRefusedException, PublishRefusedForm>
{
    public PublishRefusedException ConvertFromSurrogate(in PublishRefusedForm surrogate) => new(surrogate.Outcome.ToResult(StreamKind.Room));

    public PublishRefusedForm ConvertToSurrogate(in PublishRefusedException value) => new() { Outcome = AppendAnswer.Of(value.Outcome) };
}
