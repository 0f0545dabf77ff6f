using Google.Protobuf;
using Mesh.Addresses;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>
/// One <c>Tail</c> that has begun. The client's flow control is its pace: while it takes nothing, the call holds a page and waits. One flow.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="log">What it follows.</param>
/// <param name="filter">Which records it wants.</param>
/// <param name="from">The first sequence wanted.</param>
/// <param name="stallMax">How long the client may take nothing.</param>
internal sealed class TailCall(GrpcCall call, IStreamLog log, RecordFilter filter, Sequence from, TimeSpan stallMax)
{
    /// <summary>Bytes of one message: some frames of HTTP/2, so that a large page is on its way before it is written whole.</summary>
    private const int MessageBytesMax = 64 * 1024;

    /// <summary>Records passed over after which the client is told how far the server has looked, so that it need not look at them again.</summary>
    private const int SilentRecordsMax = 10_000;

    private Sequence _next = from;
    private Sequence _told = from;

    public async Task<GrpcStatus> RunAsync()
    {
        try
        {
            await SendAsync(RecordPage.Empty(_next, _next, _next), 0).ConfigureAwait(false);
            await foreach (var page in log.TailAsync(_next, call.Ended).ConfigureAwait(false)) await TakeAsync(page).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (call.Ended.IsCancellationRequested)
        {
            return Ended(call.EndedStatus);
        }

        catch (StalledException)
        {
            return Ended(new GrpcStatus(StatusCode.ResourceExhausted, $"The subscriber took nothing for {stallMax.TotalSeconds:0} s."), "SLOW_SUBSCRIBER");
        }

        return Ended(new GrpcStatus(StatusCode.Unavailable, "The stream has ended the subscription."));
    }

    private async ValueTask TakeAsync(RecordPage page)
    {
        var missed = Math.Max(0, page.LowWatermark.Value - _next.Value);
        _next = page.Next;
        var wanted = filter.Of(page, int.MaxValue);
        if (wanted.Count > 0 || missed > 0 || _next.Value - _told.Value >= SilentRecordsMax) await SendAsync(wanted, missed).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(RecordPage page, long missed)
    {
        var writer = new PageWriter(page);
        do
        {
            writer.Write(call.Output, MessageBytesMax, next => new V1.TailResponse { Next = next.Value, Missed = missed }.ToByteArray());
            missed = 0;
            await call.FlushAsync(stallMax).ConfigureAwait(false);
            _told = writer.Next;
        }
        while (!writer.IsDone);
    }

    private GrpcStatus Ended(GrpcStatus status, string reason = "TAIL_ENDED") => status with
    {
        Message = $"{status.Message} Go on from sequence {_told}.",
        Details = new StatusDetails(reason, null, ("next", $"{_told}")),
    };
}
