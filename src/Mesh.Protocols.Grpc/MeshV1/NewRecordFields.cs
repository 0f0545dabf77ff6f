namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Numbers of fields that are read or written by hand (Protos/mesh.proto); a test holds them against it.</summary>
internal static class NewRecordFields
{
    public const int Body = 1;
    public const int Key = 2;
    public const int Tags = 3;
    public const int ContentType = 4;
    public const int Producer = 5;
    public const int Ttl = 6;
    public const int Delay = 7;
    public const int Id = 8;
}

/// <summary>As <see cref="NewRecordFields"/>, of <c>Record</c>.</summary>
internal static class StoredRecordFields
{
    public const int Sequence = 1;
    public const int Time = 2;
    public const int Key = 3;
    public const int Tags = 4;
    public const int ContentType = 5;
    public const int Producer = 6;
    public const int ExpiresAt = 7;
    public const int Id = 8;
    public const int DeliveryCount = 9;
    public const int Body = 10;
}

/// <summary>As <see cref="NewRecordFields"/>, of <c>AppendRequest</c> and <c>AppendStreamRequest</c>, which share those up to the records.</summary>
internal static class AppendFields
{
    public const int Project = 1;
    public const int Stream = 2;
    public const int Records = 3;
    public const int ProducerId = 4;
    public const int FirstNumber = 5;
    public const int MustExist = 6;
    public const int UnaryDedupeId = 4;
    public const int UnaryMustExist = 5;
}
