using Mesh.Addresses;
using Mesh.Protocols.Http.MeshV1.Records;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Addresses;

/// <summary>What Zaqar's protocol cannot do with streams that are no queues, and what does it instead.</summary>
internal static class AddressedRules
{
    /// <exception cref="ZaqarRefusal">The request means nothing for such a stream; says what would be right.</exception>
    public static void Check(in ZaqarRoute route, string method, AddressedStream stream)
    {
        var address = stream.Address;
        var instead = (route.Resource, method) switch
        {
            (ZaqarResource.Queue, "PATCH") or (ZaqarResource.Metadata, "PUT") => NoMetadata(stream),
            (ZaqarResource.Queue, "DELETE") =>
                $"{address} is not deleted by Zaqar's protocol, for it is the stream of other doors too: DELETE /mesh/v1/streams/{Uri.EscapeDataString(StreamAddress.Of(stream.Stream).ToString())} does it.",
            (ZaqarResource.Purge, _) => $"{address} is not purged: its options say what it keeps. To pass by what is there, move its consumer group {AddressedQueue.Group} to its end.",
            (ZaqarResource.Redrive, _) => $"{address} has no dead letters of its own: its consumer group {AddressedQueue.Group} names the queue that takes them. Redrive that.",
            (ZaqarResource.Share, _) => $"Signed URLs are for queues; {address} is none.",
            (ZaqarResource.Subscriptions or ZaqarResource.Subscription or ZaqarResource.Confirm, _) =>
                $"Subscriptions are for queues; {address} is none. Follow it by GET /mesh/v1/streams/{Uri.EscapeDataString(address.ToString())}/tail, or SUBSCRIBE mesh:{address} at the Redis door.",
            _ => null,
        };
        if (instead is not null) throw ZaqarRefusal.Request(instead);
        if (route.Resource == ZaqarResource.Messages && method == "POST" && stream.Stream.Kind == StreamKind.Channel && !NewRecord.IsPath(stream.Key ?? ""))
            throw ZaqarRefusal.Request($"{address} names no channel that is posted to: whatever is not a letter, a digit or one of -_.~/!$&'()*+,;=:@ is percent-encoded in its path.");
    }

    public static string NoMetadata(AddressedStream stream) =>
        $"{stream.Address} has options instead of metadata: PATCH /mesh/v1/streams/{Uri.EscapeDataString(StreamAddress.Of(stream.Stream).ToString())} changes them.";

    public static ZaqarRefusal NoDelete(AddressedStream stream) => ZaqarRefusal.Request(
        $"Records of {stream.Address} stay for as long as its options say. Claim them, and delete each under its claim (?claim_id=), which acknowledges it.");

    public static ZaqarRefusal NoHistory(AddressedStream stream) => ZaqarRefusal.NotFound(
        $"{stream.Address} keeps no history, so there is nothing in it to list or to claim. PUT /rooms/{{room}}/history makes it keep its messages; PUBLISH at the Redis door reaches who listens now.");

    public static ZaqarRefusal Full(AddressedStream stream) => new(
        StatusCodes.Status429TooManyRequests, "Too many requests", $"{stream.Address} has as many consumer groups, or its group {AddressedQueue.Group} as many records that are not acknowledged, as there may be.");

    public static ZaqarRefusal Refused(AppendResult result)
    {
        var failure = ErrorMap.Of(result)!.Value;
        return new ZaqarRefusal(failure.Status, "Not created", failure.Message);
    }
}
