using Mesh.Protocols.Grpc.Framing;
using Mesh.Topics;
using Mesh.Topics.Patterns;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// <c>Subscribe</c>: the last events of each matching topic if asked for, then the live ones (protobus specification, 2.4). The response
/// headers tell the client that the subscription is active. A client that takes its events slowly lags behind, and holds a page.
/// </summary>
internal sealed class SubscribeMethod(TopicPartitions topics, GrpcOptions options)
{
    /// <summary>Written bytes that are sent although more of the page is at hand: two full frames of HTTP/2.</summary>
    private const int FlushBytes = 32 * 1024;

    public async Task<GrpcStatus> RunAsync(GrpcCall call)
    {
        var message = await call.ReadSingleAsync().ConfigureAwait(false);
        var request = SubscriptionRequest.Parse(message, options.PatternBytesMax);
        var pages = topics.SubscribeAsync(FilterOf(request.Topics), new TopicStart { HistoryDepth = request.HistoryDepth }, call.Ended);
        var hasHeaders = false;
        await foreach (var page in pages.ConfigureAwait(false))
        {
            // From the first page on the subscription is active: not before may the client be told.
            if (!hasHeaders) await call.StartAsync().ConfigureAwait(false);
            hasHeaders = true;
            await SendAsync(call, page.Page).ConfigureAwait(false);
        }

        return new GrpcStatus(StatusCode.Unavailable, "The partition has ended the subscription. Subscribe again.");
    }

    private static TopicFilter FilterOf(IReadOnlyList<string> patterns)
    {
        try
        {
            return TopicPatterns.ToFilter(patterns);
        }
        catch (PatternException wrong)
        {
            throw new GrpcException(StatusCode.InvalidArgument, wrong.Message);
        }
    }

    private static async ValueTask SendAsync(GrpcCall call, RecordPage page)
    {
        long unsent = 0;
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

        if (unsent > 0) await call.FlushAsync().ConfigureAwait(false);
    }
}
