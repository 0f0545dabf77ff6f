namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct StreamNameForm
{
    [Id(0)]
    public string Project;

    [Id(1)]
    public byte Kind;

    [Id(2)]
    public string Name;
}

[RegisterConverter]
internal sealed class StreamNameConverter : IConverter<StreamName, StreamNameForm>
{
    public StreamName ConvertFromSurrogate(in StreamNameForm surrogate) => new(surrogate.Project, (StreamKind)surrogate.Kind, surrogate.Name);

    public StreamNameForm ConvertToSurrogate(in StreamName value) => new() { Project = value.Project, Kind = (byte)value.Kind, Name = value.Name };
}

[GenerateSerializer, Immutable]
internal struct StreamOptionsForm
{
    /// <summary>The stored form.</summary>
    [Id(0)]
    public string Json;
}

[RegisterConverter]
internal sealed class StreamOptionsConverter : IConverter<StreamOptions, StreamOptionsForm>
{
    public StreamOptions ConvertFromSurrogate(in StreamOptionsForm surrogate) => StreamOptions.FromJson(surrogate.Json);

    public StreamOptionsForm ConvertToSurrogate(in StreamOptions value) => new() { Json = value.ToJson() };
}

[GenerateSerializer, Immutable]
internal struct StreamEntryForm
{
    [Id(0)]
    public StreamName Name;

    [Id(1)]
    public StreamNumber Number;

    [Id(2)]
    public StreamOptions Options;

    [Id(3)]
    public ReadOnlyMemory<byte> Metadata;

    [Id(4)]
    public RecordTime Created;
}

[RegisterConverter]
internal sealed class StreamEntryConverter : IConverter<StreamEntry, StreamEntryForm>
{
    public StreamEntry ConvertFromSurrogate(in StreamEntryForm surrogate) =>
        new(surrogate.Name, surrogate.Number, surrogate.Options, surrogate.Metadata, surrogate.Created);

    public StreamEntryForm ConvertToSurrogate(in StreamEntry value) =>
        new() { Name = value.Name, Number = value.Number, Options = value.Options, Metadata = value.Metadata, Created = value.Created };
}

[GenerateSerializer, Immutable]
internal struct StreamHoldForm
{
    [Id(0)]
    public Guid Id;
}

[RegisterConverter]
internal sealed class StreamHoldConverter : IConverter<StreamHold, StreamHoldForm>
{
    public StreamHold ConvertFromSurrogate(in StreamHoldForm surrogate) => new(surrogate.Id);

    public StreamHoldForm ConvertToSurrogate(in StreamHold value) => new() { Id = value.Id };
}
