using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Publishes events, by POST or by a GET that stands for one (RSE specification, section 2.4). Thread-safe.</summary>
internal sealed class RsePublisher(IMesh mesh, RseOptions options)
{
    /// <summary>A buffer that has grown beyond this is not kept for the next event.</summary>
    private const int KeptBytesMax = 64 * 1024;

    private readonly ChannelTrees _trees = new(mesh, options.EventTtl);
    private readonly ObjectPool<PublishBuffer> _buffers = ObjectPool.Create<PublishBuffer>();

    /// <summary>Events that were to be stored so far.</summary>
    public long Attempts => _trees.Attempts;

    /// <summary>Times that one was tried again.</summary>
    public long Repeats => _trees.Repeats;

    public async Task PublishAsync(RseRequest request)
    {
        var buffer = _buffers.Get();
        try
        {
            var (failure, id) = await StoreAsync(request, buffer).ConfigureAwait(false);
            if (id != RecordTime.None) request.Context.Response.Headers[RseAnswers.EventIdHeader] = id.Micros.ToString(CultureInfo.InvariantCulture);
            await AnswerAsync(request.Context.Response, failure, request.Query.Callback).ConfigureAwait(false);
        }
        finally
        {
            if (buffer.Length <= KeptBytesMax) _buffers.Return(buffer);
            else buffer.Dispose();
        }
    }

    private static Task AnswerAsync(HttpResponse response, HttpFailure? failure, string? callback)
    {
        if (failure is { } refused) return RseAnswers.FailAsync(response, refused);
        return callback is null
            ? RseAnswers.EmptyAsync(response, StatusCodes.Status201Created)
            : RseAnswers.TextAsync(response, RseAnswers.ScriptType, $"{callback}({{}});");
    }

    /// <returns>Why the event was not stored, or its id. A repeat's may be unknown, when its event is gone.</returns>
    private async ValueTask<(HttpFailure? Failure, RecordTime Id)> StoreAsync(RseRequest request, PublishBuffer buffer)
    {
        var (failure, segment, dedupeId) = await PrepareAsync(request, buffer).ConfigureAwait(false);
        if (failure is not null) return (failure, RecordTime.None);
        return await _trees.AppendAsync(request.Channel.Stream, segment, dedupeId).ConfigureAwait(false) switch
        {
            AppendResult.Appended at => (null, at.FirstTime),
            AppendResult.Duplicate at => await CompareAsync(request.Channel.Stream, at.First, buffer.Body).ConfigureAwait(false),
            var refused => (ErrorMap.Of(refused), RecordTime.None),
        };
    }

    /// <summary>A key is known: the event must be the one that it was first used for.</summary>
    private async ValueTask<(HttpFailure? Failure, RecordTime Id)> CompareAsync(StreamName tree, Sequence sequence, ReadOnlyMemory<byte> body)
    {
        var page = await mesh.Channel(tree).ReadAsync(new ReadQuery { From = sequence, RecordsMax = 1 }).ConfigureAwait(false);
        foreach (var record in page)
        {
            if (record.Sequence != sequence) break;
            return record.Body.SequenceEqual(body.Span) ? (null, record.Time) : (IdempotencyKey.UsedForAnother, RecordTime.None);
        }

        return (null, RecordTime.None);
    }

    /// <returns>Why the event is not stored, or what to store.</returns>
    private async ValueTask<(HttpFailure? Failure, ReadOnlyMemory<byte> Segment, ReadOnlyMemory<byte> DedupeId)> PrepareAsync(RseRequest request, PublishBuffer buffer)
    {
        var (context, mode, channel, query) = request;
        var userAgent = request.UserAgent;
        if (userAgent.Length == 0) return Refused(RseAnswers.MissingUserAgent);
        if (query.IsPublish && query.PostData is null) return Refused(RseAnswers.MissingPostData);
        var uuid = ClientUuid.Of(userAgent, mode);
        buffer.Begin(channel.Key, uuid ?? "", userAgent, context.Request.ContentLength ?? 0);
        if (query.PostData is { } postData) buffer.Write(postData);
        else await ReadBodyAsync(context, buffer).ConfigureAwait(false);

        var segment = buffer.Finish();
        if (Judge(buffer.Body.Span) is { } failure) return Refused(failure);
        if (userAgent.AsSpan().ContainsAny('"', '\\')) return Refused(RseAnswers.InvalidJson);
        if (uuid is null) return Refused(RseAnswers.MissingUuid);
        if (!query.IsCallbackValid) return Refused(RseAnswers.InvalidCallback);
        return IdempotencyKey.TryRead(context.Request, channel, uuid, out var dedupeId) ? (null, segment, dedupeId) : Refused(IdempotencyKey.Invalid);
    }

    private static (HttpFailure? Failure, ReadOnlyMemory<byte> Segment, ReadOnlyMemory<byte> DedupeId) Refused(HttpFailure failure) => (failure, default, default);

    private ValueTask ReadBodyAsync(HttpContext context, PublishBuffer buffer)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = options.BodyBytesMax;
        return buffer.CopyAsync(context.Request.BodyReader, context.RequestAborted);
    }

    private static HttpFailure? Judge(ReadOnlySpan<byte> body) => JsonText.Judge(body) switch
    {
        JsonVerdict.Acceptable => null,
        JsonVerdict.NotUtf8 => RseAnswers.Refusal("Invalid JSON: the text is not UTF-8"),
        JsonVerdict.TooDeep => RseAnswers.Refusal($"Invalid JSON: objects and arrays are nested deeper than {JsonText.DepthMax} levels"),
        _ => RseAnswers.InvalidJson,
    };
}
