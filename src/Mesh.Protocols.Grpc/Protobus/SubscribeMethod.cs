using Mesh.Protocols.Grpc.Framing;
using Mesh.Topics;
using Mesh.Topics.Patterns;
using Microsoft.Extensions.Logging;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// <c>Subscribe</c>: what was asked for of the past, then the live events (protobus specification, 2.4). The response headers tell the client that the subscription is
/// active. A client that takes its events slowly lags behind, and holds a few pages; when its call ends, whatever the reason, it is told where to go on.
/// </summary>
internal sealed class SubscribeMethod(TopicPartitions topics, GrpcOptions options, ILogger log)
{
    /// <summary>Written bytes that are sent although more of the page is at hand: two full frames of HTTP/2.</summary>
    private const int FlushBytes = 32 * 1024;

    /// <summary>Events packed before it is looked whether there is enough to send.</summary>
    private const int PackedMax = 16;

    public async Task<GrpcStatus> RunAsync(GrpcCall call)
    {
        var message = await call.ReadSingleAsync().ConfigureAwait(false);
        var request = SubscriptionRequest.Parse(message, options.PatternBytesMax);
        var filter = FilterOf(request.Topics);
        var subscriber = new Subscriber(call, new EventDelivery(request.WithPositions), options.SubscriberStallMax);
        try
        {
            await foreach (var page in topics.SubscribeAsync(filter, request.Start, call.Ended).ConfigureAwait(false))
                if (await subscriber.TakeAsync(page).ConfigureAwait(false) is { } end) return end;
            return subscriber.End(new GrpcStatus(StatusCode.Unavailable, "The partition has ended the subscription. Subscribe again."), "ENDED");
        }
        catch (StalledException)
        {
            return subscriber.End(
                new GrpcStatus(StatusCode.ResourceExhausted, $"The subscriber took nothing for {options.SubscriberStallMax.TotalSeconds:0} s. Subscribe again from the positions in the details."),
                "SLOW_SUBSCRIBER");
        }
        catch (Exception) when (call.Ended.IsCancellationRequested)
        {
            return subscriber.End(call.EndedStatus, "ENDED");
        }
        catch (Exception failure) when (failure is StorageUnavailableException or StreamFencedException)
        {
            return subscriber.End(ErrorMap.FromFailure(failure, log), "ENDED");
        }
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

    /// <summary>One call's client, and how far it has come.</summary>
    private sealed class Subscriber(GrpcCall call, EventDelivery delivery, TimeSpan stallMax)
    {
        private readonly SubscriberPositions _positions = new();
        private bool _hasHeaders;

        /// <returns>How the call ends; null to go on.</returns>
        public async ValueTask<GrpcStatus?> TakeAsync(TopicPage page)
        {
            // From the first page on the subscription is active: not before may the client be told.
            if (!_hasHeaders) await call.StartAsync().ConfigureAwait(false);
            _hasHeaders = true;
            if (page.Missed > 0) return Missed(page);
            await SendAsync(page).ConfigureAwait(false);
            if (!page.IsHistory) _positions.Set(page.Partition, page.Page.Next);
            return null;
        }

        public GrpcStatus End(GrpcStatus status, string reason) => _positions.AddTo(status, reason);

        private GrpcStatus Missed(TopicPage page)
        {
            _positions.Set(page.Partition, page.Page.LowWatermark);
            return _positions.AddTo(
                new GrpcStatus(
                    StatusCode.OutOfRange,
                    $"Retention took {page.Missed} records of partition {page.Partition.Name} before the subscriber had come to them. Subscribe again from sequence {page.Page.LowWatermark}."),
                "OVERTAKEN_BY_RETENTION",
                ("partition", page.Partition.Name),
                ("missed", $"{page.Missed}"));
        }

        private async ValueTask SendAsync(TopicPage page)
        {
            long unsent = 0;
            for (var i = 0; i < page.Page.Slices.Count; i++)
            {
                for (var left = page.Page.Slices[i]; left.Count > 0;)
                {
                    left = Write(page.Partition, left, out var written);
                    unsent += written;
                    if (!page.IsHistory) _positions.Set(page.Partition, left.Count > 0 ? FirstOf(left) : FirstOf(page.Page.Slices[i]).Plus(page.Page.Slices[i].Count));
                    if (unsent < FlushBytes) continue;
                    await call.FlushAsync(stallMax).ConfigureAwait(false);
                    unsent = 0;
                }
            }

            if (unsent > 0) await call.FlushAsync(stallMax).ConfigureAwait(false);
        }

        private Frames.BatchSlice Write(in StreamName partition, in Frames.BatchSlice events, out long written)
        {
            if (!call.IsPacked) return delivery.Write(call.Output, partition, events, FlushBytes, out written);
            var count = Math.Min(PackedMax, events.Count);
            written = delivery.WritePacked(call, partition, events with { Count = count });
            return count < events.Count ? events.Part(count, events.Count - count) : events with { Count = 0 };
        }

        private static Sequence FirstOf(in Frames.BatchSlice slice) => Frames.BatchHeader.Read(slice.Batch.Span).First.Plus(slice.Index);
    }
}
