using System.Diagnostics;
using Mesh.Protocols.Grpc.Framing;
using Microsoft.Extensions.Logging;

namespace Mesh.Protocols.Grpc;

/// <summary>What happened in the mesh, as a status of gRPC. The only place that knows both.</summary>
internal static class ErrorMap
{
    public static GrpcStatus FromAppend(AppendResult result) => result switch
    {
        AppendResult.Appended or AppendResult.Duplicate => GrpcStatus.Ok,
        AppendResult.Busy busy => new GrpcStatus(
            StatusCode.ResourceExhausted,
            $"Too many events wait to be stored. The events from the first that was not stored are lost; send them again in {busy.RetryAfter.TotalMilliseconds:0} ms."),
        AppendResult.TooLarge large => new GrpcStatus(
            StatusCode.ResourceExhausted, $"The partition takes at most {large.SegmentBytesMax} bytes at a time. Send smaller events."),
        AppendResult.IdNotGreater => new GrpcStatus(StatusCode.FailedPrecondition, "Events carry no ids of their own."),
        AppendResult.NoSuchStream => new GrpcStatus(StatusCode.NotFound, "The partition does not exist."),
        _ => throw new UnreachableException($"No gRPC status for {result}."),
    };

    /// <summary>A failure that no client caused: logged here, and only here.</summary>
    public static GrpcStatus FromFailure(Exception failure, ILogger log)
    {
        var status = failure switch
        {
            StorageUnavailableException => new GrpcStatus(
                StatusCode.Unavailable, $"The storage does not answer ({failure.Message}). Events not acknowledged may or may not be stored. Try again."),
            StreamFencedException => new GrpcStatus(StatusCode.Unavailable, failure.Message),
            _ => new GrpcStatus(StatusCode.Internal, "The server failed. Its log says more."),
        };
        log.LogError(failure, "A gRPC call ends with {Code}", status.Code);
        return status;
    }
}
