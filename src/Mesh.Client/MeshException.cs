namespace Mesh.Client;

/// <summary>What kind of failure it is: gRPC's codes, as far as the server uses them.</summary>
public enum MeshStatus
{
    Cancelled = 1,
    Unknown = 2,

    /// <summary>The request is not right; the message says what would be.</summary>
    InvalidArgument = 3,
    DeadlineExceeded = 4,

    /// <summary>There is no such stream, claim or group.</summary>
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,

    /// <summary>The server is busy, or a bound of its is reached.</summary>
    ResourceExhausted = 8,

    /// <summary>The stream does not allow it as it stands.</summary>
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,

    /// <summary>The server does not know the method: it is older than this client.</summary>
    Unimplemented = 12,
    Internal = 13,

    /// <summary>The server could not be reached, or its storage could not; it was tried again for as long as the options say.</summary>
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <summary>The server refused a call, or could not be reached.</summary>
public sealed class MeshException : Exception
{
    internal MeshException(MeshStatus status, string message, string reason = "", Exception? inner = null)
        : base(message, inner) => (Status, Reason) = (status, reason);

    public MeshStatus Status { get; }

    /// <summary>What happened, for programs, such as <c>NO_SUCH_STREAM</c>; empty when the server does not say.</summary>
    public string Reason { get; }

    /// <summary>True when the same call may succeed later.</summary>
    public bool IsTransient => Status == MeshStatus.Unavailable || Reason == "BUSY";
}
