namespace Mesh.Protocols.Grpc.Tests.Cases;

/// <summary>An event as tests write it and as a client of any language shows it.</summary>
public sealed record CaseEvent
{
    public string Topic { get; init; } = "";

    public Dictionary<string, string> Tags { get; init; } = [];

    public CaseTime? EventTime { get; init; }

    public CaseTime? TransmitTime { get; init; }

    public CaseTime? ReceiveTime { get; init; }

    public long PayloadSize { get; init; }

    public CasePayload? Payload { get; init; }

    /// <summary>Sent behind the other fields: encoded fields that the client's description does not have.</summary>
    public byte[] More { get; init; } = [];

    /// <summary>The bytes in which the client got it; null of an event over 1,000 bytes.</summary>
    public byte[]? Raw { get; init; }
}

/// <summary>A moment since the Unix epoch.</summary>
public sealed record CaseTime(long Seconds, int Nanos);

/// <summary>A google.protobuf.Any.</summary>
public sealed record CasePayload(string TypeUrl, byte[] Value);
