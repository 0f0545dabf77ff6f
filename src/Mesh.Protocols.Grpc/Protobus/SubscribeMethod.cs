using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// <c>Subscribe</c>: the last events of each matching topic if asked for, then the live ones (protobus specification, 2.4). The response
/// headers tell the client that the subscription is active. A client that takes its events slowly lags behind, and holds a page.
/// </summary>
internal sealed class SubscribeMethod(IPartition partition, GrpcOptions options)
{
    /// <summary>Written bytes that are sent although more events are at hand: two full frames of HTTP/2.</summary>
    private const int FlushBytes = 32 * 1024;

    public async Task<GrpcStatus> RunAsync(GrpcCall call)
    {
        var message = await call.ReadSingleAsync().ConfigureAwait(false);
        var request = SubscriptionRequest.Parse(message, options.PatternBytesMax);
        var filter = TopicPatterns.ToFilter(request.Topics);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Ended);
        await using var pages = partition.SubscribeAsync(filter, request.HistoryDepth, stop.Token).GetAsyncEnumerator(stop.Token);
        await DeliverAsync(call, pages, stop).ConfigureAwait(false);
        return new GrpcStatus(StatusCode.Unavailable, "The partition has ended the subscription. Subscribe again.");
    }

    private static async Task DeliverAsync(GrpcCall call, IAsyncEnumerator<RecordPage> pages, CancellationTokenSource stop)
    {
        // From its first task on the subscription is active: not before may the client be told.
        var next = pages.MoveNextAsync().AsTask();
        if (next.IsFaulted) await next.ConfigureAwait(false);
        await BesideAsync(call.StartAsync(), next, stop).ConfigureAwait(false);
        long unsent = 0;
        while (await next.ConfigureAwait(false))
        {
            unsent = await WriteAsync(call, pages.Current, unsent).ConfigureAwait(false);
            next = pages.MoveNextAsync().AsTask();
            if (next.IsCompleted) continue; // more is at hand: it shares the flush
            await BesideAsync(call.FlushAsync(), next, stop).ConfigureAwait(false);
            unsent = 0;
        }
    }

    /// <summary>Sends while the next page is awaited; a failure ends that wait too, because pages in waiting cannot be disposed of.</summary>
    private static async ValueTask BesideAsync(ValueTask sending, Task<bool> next, CancellationTokenSource stop)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <returns>Bytes written and not sent yet.</returns>
    private static async ValueTask<long> WriteAsync(GrpcCall call, RecordPage page, long unsent)
    {
        for (var i = 0; i < page.Slices.Count; i++)
        {
            for (var left = page.Slices[i]; left.Count > 0;)
            {
                left = EventDelivery.Write(call.Output, left, FlushBytes, out var written);
                unsent += written;
                if (unsent < FlushBytes) continue;
                await call.FlushAsync().ConfigureAwait(false);
                unsent = 0;
            }
        }

        return unsent;
    }
}
