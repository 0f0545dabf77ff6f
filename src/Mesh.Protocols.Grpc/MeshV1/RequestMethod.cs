using System.Text;
using Google.Protobuf;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Appends;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>
/// <c>Request</c>: appends a record that names a room of its own, and waits for the first message in that room. The request is durable; the reply is live, for nobody else
/// waits for it. Thread-safe.
/// </summary>
internal sealed class RequestMethod(IMesh mesh, Names names, GrpcOptions options, TimeProvider clock)
{
    /// <summary>The tag of a request that names the address for its reply.</summary>
    public const string ReplyTag = "mesh-reply-to";

    private const string RoomPrefix = "mesh-reply.";

    private static readonly TimeSpan WaitDefault = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(5);

    public async Task<GrpcStatus> RunAsync(GrpcCall call)
    {
        var message = await call.ReadSingleAsync().ConfigureAwait(false);
        var head = AppendHead.Parse(message);
        var wait = Wait(message);
        var room = RoomPrefix + Guid.NewGuid().ToString("N");
        using var segment = new SegmentWriter(message.Length + 256);
        var target = names.FindTarget(head.Project, head.Address);
        new RecordReader(target, (ReplyTag, $"room:{room}")).AddAll(message, segment);
        if (segment.Count != 1) throw Names.Wrong("record is missing: a request has one.");

        // A room that keeps no history carries bodies alone, so nobody there could reply.
        var keepsTags = new AppendOptions { MustExist = target.Kind == StreamKind.Room };
        var reply = new Reply();
        await mesh.Rooms.SubscribeAsync(Encoding.UTF8.GetBytes(room), reply).ConfigureAwait(false);
        try
        {
            var append = new PatientAppend(target.Append, options.BusyWaitMax, clock, call.Deadline);
            var at = (AppendResult.Appended)await append.AppendAsync(segment.Finish(), keepsTags).ConfigureAwait(false);
            var body = await reply.Body.WaitAsync(wait, clock, call.Ended).ConfigureAwait(false);
            var response = new V1.RequestResponse { Body = UnsafeByteOperations.UnsafeWrap(body), Sequence = at.First.Value };
            await call.RespondAsync(response.ToByteArray()).ConfigureAwait(false);
            return GrpcStatus.Ok;
        }
        catch (TimeoutException)
        {
            return ErrorMap.NoReply(wait);
        }
        finally
        {
            await mesh.Rooms.UnsubscribeAsync(Encoding.UTF8.GetBytes(room), reply).ConfigureAwait(false);
        }
    }

    private static TimeSpan Wait(byte[] message)
    {
        var wait = Times.Of("timeout", MeshService.Parse(message, V1.RequestRequest.Parser).Timeout) ?? WaitDefault;
        return wait > TimeSpan.Zero && wait <= WaitMax ? wait : throw Names.Wrong($"timeout must be more than zero and at most {WaitMax}; it is {wait}.");
    }

    /// <summary>Takes the first message of the room.</summary>
    private sealed class Reply : IRoomListener
    {
        private readonly TaskCompletionSource<byte[]> _body = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<byte[]> Body => _body.Task;

        public void OnMessage(scoped in RoomMessage message) => _body.TrySetResult(message.Payload.ToArray());
    }
}
