namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct RingPositionForm
{
    [Id(0)]
    public RingId LastId;

    [Id(1)]
    public long? EntriesAdded;

    [Id(2)]
    public RingId MaxDeletedId;
}

[RegisterConverter]
internal sealed class RingPositionConverter : IConverter<RingPosition, RingPositionForm>
{
    public RingPosition ConvertFromSurrogate(in RingPositionForm surrogate) => new(surrogate.LastId, surrogate.EntriesAdded, surrogate.MaxDeletedId);

    public RingPositionForm ConvertToSurrogate(in RingPosition value) => new()
    {
        LastId = value.LastId,
        EntriesAdded = value.EntriesAdded,
        MaxDeletedId = value.MaxDeletedId,
    };
}
