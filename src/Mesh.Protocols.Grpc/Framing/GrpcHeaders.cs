namespace Mesh.Protocols.Grpc.Framing;

/// <summary>Header names and values of gRPC over HTTP/2.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string StatusDetails = "grpc-status-details-bin";
    public const string Identity = "identity";

    /// <summary>Encodings of messages that a client may send.</summary>
    public const string EncodingsAccepted = $"{Identity},{GzipInflater.Name}";

    /// <summary><c>application/grpc</c> or <c>application/grpc+proto</c>, with or without parameters; letters in either case.</summary>
    public static bool IsGrpc(string? contentType)
    {
        if (contentType is null) return false;
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? contentType.AsSpan() : contentType.AsSpan(0, end)).Trim();
        return type.Equals(ContentType, StringComparison.OrdinalIgnoreCase)
            || type.Equals(ContentType + "+proto", StringComparison.OrdinalIgnoreCase);
    }
}
