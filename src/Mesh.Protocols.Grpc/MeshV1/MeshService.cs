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
        var names = new Names(new AddressResolver(mesh, topics));
        var streams = new StreamMethods(mesh, names);
        var append = new AppendMethod(names, options, clock);
        var read = new ReadMethods(names);
        var queues = new QueueMethods(names, clock);
        var letters = new DeadLetterMethods(mesh, names);
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
            [Path + "Claim"] = queues.ClaimAsync,
            [Path + "Extend"] = Unary(V1.ExtendRequest.Parser, queues.ExtendAsync),
            [Path + "Release"] = Unary(V1.ReleaseRequest.Parser, queues.ReleaseAsync),
            [Path + "Ack"] = Unary(V1.AckRequest.Parser, queues.AckAsync),
            [Path + "DeadLetters"] = letters.ListAsync,
            [Path + "Redrive"] = Unary(V1.RedriveRequest.Parser, letters.RedriveAsync),
        };
    }

    /// <summary>The one message of a call.</summary>
    /// <exception cref="GrpcException">There is none, or it is not one of these.</exception>
    public static async ValueTask<T> RequestAsync<T>(GrpcCall call, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var message = await call.ReadSingleAsync().ConfigureAwait(false);
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
