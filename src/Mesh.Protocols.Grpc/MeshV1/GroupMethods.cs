using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Makes, moves, shows and deletes consumer groups. Thread-safe.</summary>
internal sealed class GroupMethods(Names names)
{
    public async ValueTask<V1.CreateGroupResponse> CreateAsync(V1.CreateGroupRequest request, CancellationToken cancel)
    {
        var groups = names.FindGroups(request.Project, request.Stream, request.Group);
        var start = Start(
            request.StartCase == V1.CreateGroupRequest.StartOneofCase.From ? request.From : null,
            request.StartCase == V1.CreateGroupRequest.StartOneofCase.FromTime ? request.FromTime : null);
        var options = request.Options is { } given ? Options(given) : null;
        var made = await groups.CreateGroupAsync(request.Group, start, !request.MustExist, cancel).ConfigureAwait(false);
        if (made.Outcome is not (GroupOutcome.Done or GroupOutcome.Exists)) throw new GrpcException(ErrorMap.FromGroup(made.Outcome));
        if (options is not null) Require((await groups.SetGroupOptionsAsync(request.Group, options, cancel).ConfigureAwait(false)).Outcome);
        return new V1.CreateGroupResponse { Created = made.Outcome == GroupOutcome.Done };
    }

    public async ValueTask<V1.MoveGroupResponse> MoveAsync(V1.MoveGroupRequest request, CancellationToken cancel)
    {
        var start = Start(
            request.StartCase == V1.MoveGroupRequest.StartOneofCase.From ? request.From : null,
            request.StartCase == V1.MoveGroupRequest.StartOneofCase.FromTime ? request.FromTime : null);
        Require((await names.FindGroups(request.Project, request.Stream, request.Group).MoveGroupAsync(request.Group, start, cancel).ConfigureAwait(false)).Outcome);
        return new V1.MoveGroupResponse();
    }

    public async ValueTask<V1.GroupInfo> DescribeAsync(V1.DescribeGroupRequest request, CancellationToken cancel)
    {
        var at = await names.FindGroups(request.Project, request.Stream, request.Group).PositionAsync(request.Group, cancel).ConfigureAwait(false);
        Require(at.Outcome);
        var info = new V1.GroupInfo
        {
            Group = request.Group,
            Next = at.Next.Value,
            LagTime = Duration.FromTimeSpan(at.LagTime),
            Pending = at.Pending,
            Claimed = at.Claimed,
            Options = Show(at.Options),
        };
        if (at.Lag is { } lag) info.Lag = lag;
        return info;
    }

    public async ValueTask<V1.ListGroupsResponse> ListAsync(V1.ListGroupsRequest request, CancellationToken cancel)
    {
        var info = await names.FindGroups(request.Project, request.Stream).DescribeAsync(null, 0, cancel).ConfigureAwait(false);
        var response = new V1.ListGroupsResponse();
        if (info is not null) response.Groups.AddRange(info.Groups.Select(group => group.Name).Where(name => !name.StartsWith(StreamName.InnerMark)));
        return response;
    }

    public async ValueTask<V1.DeleteGroupResponse> DeleteAsync(V1.DeleteGroupRequest request, CancellationToken cancel)
    {
        var answer = await names.FindGroups(request.Project, request.Stream, request.Group).DeleteGroupAsync(request.Group, cancel).ConfigureAwait(false);
        return new V1.DeleteGroupResponse { Deleted = answer.Outcome == GroupOutcome.Done };
    }

    private static void Require(GroupOutcome outcome)
    {
        if (outcome != GroupOutcome.Done) throw new GrpcException(ErrorMap.FromGroup(outcome));
    }

    private static GroupStart Start(long? from, Timestamp? time)
    {
        if (from < 1) throw Names.Wrong($"from is a sequence from 1; it is {from}.");
        return from is { } sequence ? GroupStart.At(new Sequence(sequence)) : time is not null ? GroupStart.At(Times.Of("from_time", time)) : GroupStart.Newest;
    }

    private static GroupOptions Options(V1.GroupOptions message)
    {
        var options = new GroupOptions
        {
            DeliveryCountMax = message.HasDeliveryCountMax ? message.DeliveryCountMax : null,
            DeadLetterQueue = message.DeadLetterQueue.Length == 0 ? null : message.DeadLetterQueue,
            DeadLetterTtl = Times.Of("options: dead_letter_ttl", message.DeadLetterTtl),
        };
        if (options.DeliveryCountMax < 1) throw Names.Wrong($"options: delivery_count_max must be at least 1; it is {options.DeliveryCountMax}.");
        if (options.DeadLetterTtl is { } ttl && (ttl <= TimeSpan.Zero || ttl > GroupLimits.TermMax)) throw Names.Wrong($"options: dead_letter_ttl must be more than zero and at most {GroupLimits.TermMax}; it is {ttl}.");
        return options;
    }

    private static V1.GroupOptions Show(GroupOptions options)
    {
        var message = new V1.GroupOptions
        {
            DeadLetterQueue = options.DeadLetterQueue ?? "",
            DeadLetterTtl = options.DeadLetterTtl is { } ttl ? Duration.FromTimeSpan(ttl) : null,
        };
        if (options.DeliveryCountMax is { } count) message.DeliveryCountMax = count;
        return message;
    }
}
