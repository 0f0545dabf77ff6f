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
        var append = new PatientAppend(partition, options.BusyWaitMax, clock, call.Deadline);
        using var events = new EventAppender(append.AppendAsync, options, failed: call.WakeReader);
        try
        {
            await ReadAllAsync(call, events).ConfigureAwait(false);
        }
        finally
        {
            await events.DrainAsync().ConfigureAwait(false);
        }

        await call.RespondAsync(StatusOk).ConfigureAwait(false);
        return GrpcStatus.Ok;
    }

    private static async Task ReadAllAsync(GrpcCall call, EventAppender events)
    {
        ReadOutcome outcome;
        do
        {
            await call.ReadAsync().ConfigureAwait(false);
            events.Enter();
            try
            {
                outcome = call.Take(events);
            }
            finally
            {
                events.Leave();
            }

            if (outcome == ReadOutcome.Full) await events.RoomAsync().ConfigureAwait(false);
            events.ThrowIfFailed();
        }
        while (outcome != ReadOutcome.End);
    }
}
