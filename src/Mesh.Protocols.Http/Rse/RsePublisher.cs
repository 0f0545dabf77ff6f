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
            var failure = await StoreAsync(request, buffer).ConfigureAwait(false);
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

    /// <returns>Why the event was not stored; null when it is.</returns>
    private async ValueTask<HttpFailure?> StoreAsync(RseRequest request, PublishBuffer buffer)
    {
        var (context, mode, channel, query) = request;
        var userAgent = request.UserAgent;
        if (userAgent.Length == 0) return RseAnswers.MissingUserAgent;
        if (query.IsPublish && query.PostData is null) return RseAnswers.MissingPostData;
        var uuid = ClientUuid.Of(userAgent, mode);
        buffer.Begin(channel.Key, uuid ?? "", userAgent, context.Request.ContentLength ?? 0);
        if (query.PostData is { } postData) buffer.Write(postData);
        else await ReadBodyAsync(context, buffer).ConfigureAwait(false);

        var segment = buffer.Finish(out var body);
        var failure = Judge(body);
        if (failure is not null) return failure;
        if (userAgent.AsSpan().ContainsAny('"', '\\')) return RseAnswers.InvalidJson;
        if (uuid is null) return RseAnswers.MissingUuid;
        if (!query.IsCallbackValid) return RseAnswers.InvalidCallback;
        return ErrorMap.Of(await _trees.AppendAsync(channel.Stream, segment).ConfigureAwait(false));
    }

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
