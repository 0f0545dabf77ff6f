using Google.Protobuf;
using Mesh.Addresses;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Topics;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary><c>mesh.v1.Mesh</c>: its methods by their paths (Protos/mesh.proto). Thread-safe.</summary>
internal static class MeshService
{
    private const string Path = "/mesh.v1.Mesh/";

    public static IEnumerable<KeyValuePair<string, GrpcMethod>> Methods(IMesh mesh, TopicPartitions topics, GrpcOptions options, TimeProvider clock)
    {
        var names = new Names(mesh, new AddressResolver(mesh, topics));
        var streams = new StreamMethods(mesh, names);
        var append = new AppendMethod(names, options, clock);
        var read = new ReadMethods(names, options);
        var claims = new ClaimMethods(names, clock);
        var groups = new GroupMethods(names);
        var letters = new DeadLetterMethods(mesh, names);
        var schedules = new ScheduleMethods(mesh, names);
        return new Dictionary<string, GrpcMethod>
        {
            [Path + "CreateStream"] = Unary(V1.CreateStreamRequest.Parser, streams.CreateAsync),
            [Path + "DescribeStream"] = Unary(V1.DescribeStreamRequest.Parser, streams.DescribeAsync),
            [Path + "UpdateStream"] = Unary(V1.UpdateStreamRequest.Parser, streams.UpdateAsync),
            [Path + "ListStreams"] = Unary(V1.ListStreamsRequest.Parser, streams.ListAsync),
            [Path + "DeleteStream"] = Unary(V1.DeleteStreamRequest.Parser, streams.DeleteAsync),
            [Path + "Append"] = append.RunAsync,
            [Path + "AppendStream"] = call => new AppendStreamMethod(names, options, clock).RunAsync(call),
            [Path + "Read"] = read.ReadAsync,
            [Path + "Tail"] = read.TailAsync,
            [Path + "Claim"] = claims.ClaimAsync,
            [Path + "Extend"] = Unary(V1.ExtendRequest.Parser, claims.ExtendAsync),
            [Path + "Release"] = Unary(V1.ReleaseRequest.Parser, claims.ReleaseAsync),
            [Path + "Ack"] = Unary(V1.AckRequest.Parser, claims.AckAsync),
            [Path + "CreateGroup"] = Unary(V1.CreateGroupRequest.Parser, groups.CreateAsync),
            [Path + "MoveGroup"] = Unary(V1.MoveGroupRequest.Parser, groups.MoveAsync),
            [Path + "DescribeGroup"] = Unary(V1.DescribeGroupRequest.Parser, groups.DescribeAsync),
            [Path + "ListGroups"] = Unary(V1.ListGroupsRequest.Parser, groups.ListAsync),
            [Path + "DeleteGroup"] = Unary(V1.DeleteGroupRequest.Parser, groups.DeleteAsync),
            [Path + "Request"] = new RequestMethod(mesh, names, options, clock).RunAsync,
            [Path + "DeadLetters"] = letters.ListAsync,
            [Path + "Redrive"] = Unary(V1.RedriveRequest.Parser, letters.RedriveAsync),
            [Path + "Schedule"] = schedules.ScheduleAsync,
            [Path + "ListScheduled"] = Unary(V1.ListScheduledRequest.Parser, schedules.ListAsync),
            [Path + "CancelScheduled"] = Unary(V1.CancelScheduledRequest.Parser, schedules.CancelAsync),
        };
    }

    /// <summary>The one message of a call.</summary>
    /// <exception cref="GrpcException">There is none, or it is not one of these.</exception>
    public static async ValueTask<T> RequestAsync<T>(GrpcCall call, MessageParser<T> parser)
        where T : IMessage<T> => Parse(await call.ReadSingleAsync().ConfigureAwait(false), parser);

    /// <exception cref="GrpcException">INVALID_ARGUMENT: it is not such a message.</exception>
    public static T Parse<T>(byte[] message, MessageParser<T> parser)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException wrong)
        {
            throw ProtobufReader.Invalid(wrong.Message.TrimEnd('.'));
        }
    }

    private static GrpcMethod Unary<TRequest, TResponse>(MessageParser<TRequest> parser, Func<TRequest, CancellationToken, ValueTask<TResponse>> answer)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => async call =>
    {
        var request = await RequestAsync(call, parser).ConfigureAwait(false);
        var response = await answer(request, call.Ended).ConfigureAwait(false);
        await call.RespondAsync(response.ToByteArray()).ConfigureAwait(false);
        return GrpcStatus.Ok;
    };
}
