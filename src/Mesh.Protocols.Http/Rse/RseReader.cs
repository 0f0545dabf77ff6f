using Mesh.Frames;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Reads events (RSE specification, sections 2.5 and 2.7). Thread-safe.</summary>
internal sealed class RseReader(IMesh mesh, Waits waits, TimeProvider clock)
{
    private const string LastEventId = "Last-Event-ID";

    private readonly EventStream _stream = new(mesh, waits, clock);

    public async Task ReadAsync(RseRequest request)
    {
        var (context, mode, channel, query) = request;
        var userAgent = request.UserAgent;
        var uuid = ClientUuid.Of(userAgent, mode);
        var refusal = Refuse(userAgent, uuid, query);
        if (refusal is null && query.Callback is null && EventStream.IsAskedFor(context.Request)) refusal = await StreamAsync(request, uuid).ConfigureAwait(false);
        else if (refusal is null) refusal = await PollAsync(request, uuid).ConfigureAwait(false);
        if (refusal is { } failure) await RseAnswers.FailAsync(context.Response, failure).ConfigureAwait(false);
    }

    /// <summary>Every event there is, in test mode, up to the bounds of <see cref="EventDump"/>.</summary>
    public async Task DumpAsync(HttpContext context, RseQuery query)
    {
        if (query.NumberFault is { } fault)
        {
            await RseAnswers.FailAsync(context.Response, RseAnswers.Refusal(fault)).ConfigureAwait(false);
            return;
        }

        var slices = await new EventDump(mesh).GatherAsync(query.Descending, context.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(context, RseAnswers.JsonType, "[", slices, "]").ConfigureAwait(false);
    }

    /// <summary>Answers a read with the events of a page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="channel">In normal form: ASCII, and free of characters that JSON escapes.</param>
    /// <param name="callback">Function that a JSON-P page wants called; null when the answer is to be plain.</param>
    /// <param name="page">The events.</param>
    public Task AnswerAsync(HttpContext context, string channel, string? callback, RecordPage page)
    {
        if (page.Count == 0 && callback is null) return RseAnswers.EmptyAsync(context.Response, StatusCodes.Status204NoContent);
        var container = $$"""{"channel":"{{channel}}","events":[""";
        return callback is null
            ? AnswerAsync(context, RseAnswers.JsonType, container, page.Slices, "]}")
            : AnswerAsync(context, RseAnswers.ScriptType, $"{callback}({container}", page.Slices, "]});");
    }

    private async ValueTask<HttpFailure?> PollAsync(RseRequest request, string? uuid)
    {
        var (context, _, channel, query) = request;
        var wanted = Wanted(channel, query, uuid);
        var tree = mesh.Channel(channel.Stream);
        var page = await tree.ReadAsync(wanted, context.RequestAborted).ConfigureAwait(false);
        if (page.Count == 0 && query.Wait > TimeSpan.Zero)
        {
            if (!waits.TryEnter()) return RseAnswers.TooManyWait;
            try
            {
                page = await WaitAsync(tree, wanted, page, query.Wait, context.RequestAborted).ConfigureAwait(false);
            }
            finally
            {
                waits.Leave();
            }
        }

        await AnswerAsync(request, page).ConfigureAwait(false);
        return null;
    }

    /// <summary>Reads again when there may be something, until there is, or the time is up, or the host stops.</summary>
    private async ValueTask<RecordPage> WaitAsync(IChannel tree, ChannelQuery wanted, RecordPage page, TimeSpan wait, CancellationToken aborted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted, waits.Stopping);
        var since = clock.GetTimestamp();
        try
        {
            while (page.Count == 0 && wait - clock.GetElapsedTime(since) is var left && left > TimeSpan.Zero)
            {
                if (!await tree.WaitAsync(wanted, page.HighWatermark.Next(), left, end.Token).ConfigureAwait(false)) break;
                page = await tree.ReadAsync(wanted, aborted).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (waits.Stopping.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            // The client asks again, whoever is there then.
        }

        return page;
    }

    private async ValueTask<HttpFailure?> StreamAsync(RseRequest request, string? uuid)
    {
        var (context, _, channel, query) = request;
        if (query.Descending) return RseAnswers.DescendingStream;
        var after = query.After;
        if (context.Request.Headers[LastEventId].ToString() is { Length: > 0 } last)
        {
            if (RseQuery.ReadId(LastEventId, last, out var fault) is not { } id) return RseAnswers.Refusal(fault!);
            after = id;
        }

        if (!waits.TryEnter()) return RseAnswers.TooManyWait;
        try
        {
            await _stream.SendAsync(context, channel.Stream, Wanted(channel, query, uuid) with { After = after }).ConfigureAwait(false);
            return null;
        }
        finally
        {
            waits.Leave();
        }
    }

    private Task AnswerAsync(RseRequest request, RecordPage page) => AnswerAsync(request.Context, request.Channel.ToString(), request.Query.Callback, page);

    private static HttpFailure? Refuse(string userAgent, string? uuid, in RseQuery query)
    {
        if (userAgent.Length == 0) return RseAnswers.MissingUserAgent;
        if (uuid is null && !query.Echo) return RseAnswers.MissingUuid;
        if (query.NumberFault is { } fault) return RseAnswers.Refusal(fault);
        return query.IsCallbackValid ? null : RseAnswers.InvalidCallback;
    }

    private static ChannelQuery Wanted(ChannelPath channel, in RseQuery query, string? uuid) => new()
    {
        Path = channel.Key,
        Scope = query.Scope,
        After = query.After,
        Descending = query.Descending,
        RecordsMax = query.EventsLimit,
        ExceptProducer = query.Echo ? null : uuid,
    };

    private async Task AnswerAsync(HttpContext context, string contentType, string head, IReadOnlyList<BatchSlice> slices, string tail)
    {
        var events = new EventList(head, slices, tail, RecordTime.From(clock.GetUtcNow()));
        var response = context.Response;
        response.ContentType = contentType;
        var bytes = events.Bytes();
        if (bytes >= GzipAnswer.BytesMin)
        {
            response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
            if (GzipAnswer.IsAccepted(context.Request))
            {
                await GzipAnswer.WriteAsync(response, events, context.RequestAborted).ConfigureAwait(false);
                return;
            }
        }

        response.ContentLength = bytes;
        await events.WriteAsync(response.BodyWriter, context.RequestAborted).ConfigureAwait(false);
    }
}
