namespace Mesh.Protocols.Grpc.Framing;

/// <summary>How a call ended.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">For developers: what was wrong, the value seen, what to do. Empty when all went well.</param>
internal sealed record GrpcStatus(StatusCode Code, string Message)
{
    public static readonly GrpcStatus Ok = new(StatusCode.Ok, "");

    /// <summary>For programs; null when the code says all.</summary>
    public StatusDetails? Details { get; init; }
}

/// <summary>The peer broke the protocol, or asked for what cannot be: the call ends with this status.</summary>
internal sealed class GrpcException(GrpcStatus status) : Exception(status.Message)
{
    public GrpcException(StatusCode code, string message)
        : this(new GrpcStatus(code, message))
    {
    }

    public GrpcStatus Status { get; } = status;
}
