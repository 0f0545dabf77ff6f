using Mesh.Frames;
using Mesh.Protocols.Grpc.Appends;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// <c>Publish</c>: stores and passes on events as they arrive, and answers when the publisher has ended its stream and all are durable
/// (protobus specification, 2.3). However the call ends, what was received before stays published.
/// </summary>
internal sealed class PublishMethod(IMesh mesh, GrpcOptions options, TimeProvider clock)
{
    /// <summary>A <c>Status</c> with the message OK; code 0 is not written.</summary>
    private static readonly byte[] StatusOk = [0x12, 0x02, (byte)'O', (byte)'K'];

    public async Task<GrpcStatus> RunAsync(GrpcCall call)
    {
        var partition = mesh.Partition(GrpcEndpoint.Events);
        var append = new PatientAppend(partition.AppendAsync, options.BusyWaitMax, clock, call.Deadline);
        using var events = new SegmentAppender(AddEvent, segment => append.AppendAsync(segment), options, failed: call.WakeReader);
        try
        {
            await events.TakeAllAsync(call).ConfigureAwait(false);
        }
        finally
        {
            await events.DrainAsync().ConfigureAwait(false);
        }

        await call.RespondAsync(StatusOk).ConfigureAwait(false);
        return GrpcStatus.Ok;
    }

    private void AddEvent(ReadOnlySpan<byte> message, SegmentWriter segment) => IncomingEvent.Parse(message, options.TopicBytesMax).AddTo(segment);
}
