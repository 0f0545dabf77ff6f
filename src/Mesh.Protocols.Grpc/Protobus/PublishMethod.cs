using Mesh.Protocols.Grpc.Appends;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Topics;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// <c>Publish</c>: stores and passes on events as they arrive, and answers when the publisher has ended its stream and all are durable
/// (protobus specification, 2.3). However the call ends, what was received before stays published.
/// </summary>
internal sealed class PublishMethod(TopicPartitions topics, GrpcOptions options, TimeProvider clock)
{
    /// <summary>A <c>Status</c> with the message OK; code 0 is not written.</summary>
    private static readonly byte[] StatusOk = [0x12, 0x02, (byte)'O', (byte)'K'];

    public async Task<GrpcStatus> RunAsync(GrpcCall call)
    {
        var received = new ReceiveClock(clock);
        using var events = new SegmentAppender(NewLoad(), NewLoad(), options, failed: call.WakeReader);
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

        EventLoad NewLoad() => new(topics.Homes, AppendAsync, received, options.TopicBytesMax);

        Task AppendAsync(TopicHome home, ReadOnlyMemory<byte> segment) =>
            new PatientAppend((each, how) => topics.AppendAsync(home, each, how), options.BusyWaitMax, clock, call.Deadline).AppendAsync(segment);
    }
}
