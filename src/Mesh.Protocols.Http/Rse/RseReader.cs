using Mesh.Frames;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Reads events (RSE specification, sections 2.5 and 2.7). Thread-safe.</summary>
internal sealed class RseReader(IMesh mesh, TimeProvider clock)
{
    public async Task ReadAsync(RseRequest request)
    {
        var (context, mode, channel, query) = request;
        var userAgent = request.UserAgent;
        var uuid = ClientUuid.Of(userAgent, mode);
        if (Refuse(userAgent, uuid, query) is { } refusal)
        {
            await RseAnswers.FailAsync(context.Response, refusal).ConfigureAwait(false);
            return;
        }

        var page = await mesh.Channel(channel.Stream).ReadAsync(Wanted(channel, query, uuid), context.RequestAborted).ConfigureAwait(false);
        var container = $$"""{"channel":"{{channel.ToString()}}","events":[""";
        if (query.Callback is { } callback) await AnswerAsync(context, RseAnswers.ScriptType, $"{callback}({container}", page.Slices, "]});").ConfigureAwait(false);
        else if (page.Count == 0) await RseAnswers.EmptyAsync(context.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
        else await AnswerAsync(context, RseAnswers.JsonType, container, page.Slices, "]}").ConfigureAwait(false);
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
            response.Headers.Vary = HeaderNames.AcceptEncoding;
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
