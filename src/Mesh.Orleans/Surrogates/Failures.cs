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
