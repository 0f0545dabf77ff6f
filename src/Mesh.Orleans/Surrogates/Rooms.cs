namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct RoomMemberForm
{
    [Id(0)]
    public long Id;

    [Id(1)]
    public string Name;

    [Id(2)]
    public string Address;
}

[RegisterConverter]
internal sealed class RoomMemberConverter : IConverter<RoomMember, RoomMemberForm>
{
    public RoomMember ConvertFromSurrogate(in RoomMemberForm surrogate) => new(surrogate.Id, surrogate.Name, surrogate.Address);

    public RoomMemberForm ConvertToSurrogate(in RoomMember value) => new() { Id = value.Id, Name = value.Name, Address = value.Address };
}
