using System.Diagnostics;
using Mesh.Protocols.Grpc.Framing;
using Microsoft.Extensions.Logging;

namespace Mesh.Protocols.Grpc;

/// <summary>What happened in the mesh, as a status of gRPC. The only place that knows both.</summary>
internal static class ErrorMap
{
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromMilliseconds(250);

    public static GrpcStatus FromAppend(AppendResult result) => result switch
    {
        AppendResult.Appended or AppendResult.Duplicate => GrpcStatus.Ok,
        AppendResult.Busy busy => new GrpcStatus(
            StatusCode.ResourceExhausted,
            $"Too much waits to be stored. From the first record that was not stored on nothing is; send it again in {busy.RetryAfter.TotalMilliseconds:0} ms.")
        {
            Details = new StatusDetails("BUSY", busy.RetryAfter),
        },
        AppendResult.TooLarge large => new GrpcStatus(
            StatusCode.ResourceExhausted, $"The stream takes at most {large.SegmentBytesMax} bytes at a time. Send smaller records, or fewer at once.")
        {
            Details = new StatusDetails("TOO_LARGE", null, ("segment_bytes_max", $"{large.SegmentBytesMax}")),
        },
        AppendResult.IdNotGreater at => new GrpcStatus(
            StatusCode.FailedPrecondition, $"Ids of a ring rise: each must be greater than {at.Last}. Send a greater one, or none and let the ring give it.")
        {
            Details = new StatusDetails("ID_NOT_GREATER", null, ("last_id", $"{at.Last}")),
        },
        AppendResult.NoSuchStream => NoSuchStream,
        _ => throw new UnreachableException($"No gRPC status for {result}."),
    };

    /// <summary>The request names a stream that is not there, and was not to create it.</summary>
    public static GrpcStatus NoSuchStream { get; } = new(StatusCode.NotFound, "The stream does not exist. Create it first.") { Details = new StatusDetails("NO_SUCH_STREAM") };

    /// <summary>The claim is unknown, released or expired, or holds nothing any more.</summary>
    public static GrpcStatus ClaimExpired { get; } = new(
        StatusCode.NotFound, "The claim is unknown, released or expired, or none of its records is left. What it held may have been handed out again: claim anew.")
    {
        Details = new StatusDetails("CLAIM_EXPIRED"),
    };

    /// <summary>The queue names no queue of dead letters.</summary>
    public static GrpcStatus NoDeadLetters(string address) => new(
        StatusCode.FailedPrecondition, $"{address} has no queue of dead letters. Give it delivery_count_max and dead_letter_queue.")
    {
        Details = new StatusDetails("NO_DEAD_LETTERS"),
    };

    /// <summary>Nobody has answered a request.</summary>
    public static GrpcStatus NoReply(TimeSpan wait) => new(
        StatusCode.DeadlineExceeded, $"Nobody has replied within {wait.TotalSeconds:0.###} s. The request stays where it is; it may still be answered, unheard.")
    {
        Details = new StatusDetails("NO_REPLY"),
    };

    /// <summary>Why nothing was done with a consumer group.</summary>
    public static GrpcStatus FromGroup(GroupOutcome outcome) => outcome switch
    {
        GroupOutcome.NoStream => NoSuchStream,
        GroupOutcome.NoGroup => new GrpcStatus(StatusCode.NotFound, "The stream has no such consumer group. Create it first.") { Details = new StatusDetails("NO_SUCH_GROUP") },
        GroupOutcome.Exists => new GrpcStatus(StatusCode.AlreadyExists, "There is one of that name.") { Details = new StatusDetails("EXISTS") },
        GroupOutcome.Full => new GrpcStatus(
            StatusCode.ResourceExhausted, $"A stream has at most {GroupLimits.GroupsMax} groups, a group {GroupLimits.ConsumersMax} consumers and {GroupLimits.PendingMax} pending records. Delete or acknowledge some.")
        {
            Details = new StatusDetails("GROUPS_FULL"),
        },
        GroupOutcome.ClaimExpired => ClaimExpired,
        _ => throw new UnreachableException($"No status for {outcome}."),
    };

    public static V1.Ack.Types.Outcome FromAck(GroupAck result) => result switch
    {
        GroupAck.Acknowledged => V1.Ack.Types.Outcome.Done,
        GroupAck.ClaimExpired => V1.Ack.Types.Outcome.ClaimExpired,
        GroupAck.Gone => V1.Ack.Types.Outcome.Gone,
        GroupAck.NotDelivered => V1.Ack.Types.Outcome.NotDelivered,
        _ => throw new UnreachableException($"No outcome for {result}."),
    };

    public static V1.Ack.Types.Outcome FromAck(AckResult result) => result switch
    {
        AckResult.Deleted => V1.Ack.Types.Outcome.Done,
        AckResult.HeldByOther => V1.Ack.Types.Outcome.HeldByOther,
        AckResult.ClaimExpired => V1.Ack.Types.Outcome.ClaimExpired,
        AckResult.NotClaimed => V1.Ack.Types.Outcome.NotClaimed,
        _ => throw new UnreachableException($"No outcome for {result}."),
    };

    /// <summary>A failure that no client caused: logged here, and only here.</summary>
    public static GrpcStatus FromFailure(Exception failure, ILogger log)
    {
        var status = failure switch
        {
            StorageUnavailableException => new GrpcStatus(
                StatusCode.Unavailable, $"The storage does not answer ({failure.Message}). What is not acknowledged may or may not be stored. Try again.")
            {
                Details = new StatusDetails("STORAGE_UNAVAILABLE", RetryAfterFailure),
            },
            StreamFencedException => new GrpcStatus(StatusCode.Unavailable, failure.Message) { Details = new StatusDetails("STREAM_MOVED", RetryAfterFailure) },
            _ => new GrpcStatus(StatusCode.Internal, "The server failed. Its log says more."),
        };
        log.LogError(failure, "A gRPC call ends with {Code}", status.Code);
        return status;
    }
}
