using System.Buffers;
using System.IO.Pipelines;
using Mesh.Frames;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rse;

/// <summary>
/// Events as they come, in the form of Server-Sent Events (WHATWG HTML, section 9.2): each has its id, so that a client that comes again with
/// <c>Last-Event-ID</c> goes on behind it. Whoever does not read is waited for, and holds nobody else back. Thread-safe.
/// </summary>
internal sealed class EventStream(IMesh mesh, Waits waits, TimeProvider clock)
{
    /// <summary>After so long without an event a comment is sent: so a client that is gone is noticed, and a proxy keeps the connection.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>A stream ends after this; its client comes again by itself, and its token is looked at anew.</summary>
    public static readonly TimeSpan LastsFor = TimeSpan.FromMinutes(15);

    public const string ContentType = "text/event-stream";

    private const int EventsAPage = 500;
    private const int BytesAPage = 1024 * 1024;
    private const int UnflushedBytesMax = 64 * 1024;

    /// <summary>Whether a client asks for events as they come.</summary>
    public static bool IsAskedFor(HttpRequest request)
    {
        foreach (var accepted in request.Headers.Accept)
            if (accepted is not null && accepted.Contains(ContentType, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <param name="context">The request.</param>
    /// <param name="stream">The tree.</param>
    /// <param name="wanted">What of it, from where on.</param>
    public async Task SendAsync(HttpContext context, StreamName stream, ChannelQuery wanted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, waits.Stopping);
        var response = context.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-cache";
        response.BodyWriter.Write("retry: 1000\n\n"u8);
        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            await SendAllAsync(response.BodyWriter, mesh.Channel(stream), wanted with { RecordsMax = EventsAPage, BytesMax = BytesAPage }, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (waits.Stopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            // The client comes again, to whoever is there then.
        }
    }

    private async Task SendAllAsync(PipeWriter output, IChannel tree, ChannelQuery wanted, CancellationToken cancel)
    {
        var since = clock.GetTimestamp();
        while (clock.GetElapsedTime(since) < LastsFor)
        {
            var page = await tree.ReadAsync(wanted, cancel).ConfigureAwait(false);
            foreach (var slice in page.Slices)
            {
                wanted = wanted with { After = Write(output, slice, RecordTime.From(clock.GetUtcNow())) };
                if (output.UnflushedBytes > UnflushedBytesMax) await output.FlushAsync(cancel).ConfigureAwait(false);
            }

            if (page.Count == 0 && !await tree.WaitAsync(wanted, page.HighWatermark.Next(), Heartbeat, cancel).ConfigureAwait(false)) output.Write(":\n\n"u8);
            if (output.UnflushedBytes > 0) await output.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <returns>The time of the last event of the slice.</returns>
    private static RecordTime Write(PipeWriter output, BatchSlice slice, RecordTime now)
    {
        var last = RecordTime.None;
        foreach (var record in slice)
        {
            last = record.Time;
            SseText.Write(output, record, now);
        }

        return last;
    }
}
