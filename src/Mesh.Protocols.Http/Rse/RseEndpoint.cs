using Mesh.Addresses;
using Mesh.Protocols.Http.Rse.Health;
using Mesh.Protocols.Http.Rse.Tokens;
using Mesh.Topics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Protocols.Http.Rse;

/// <summary>
/// The RSE protocol over HTTP (RSE specification), at the root of a port or below a path base. Needs no routing: give it every request. A channel tree is a
/// stream, a sub-channel a key, an event id the record's time in microseconds. Thread-safe.
/// </summary>
public sealed partial class RseEndpoint
{
    private const string ChannelMethods = "GET, POST";
    private const string DumpMethods = "GET";

    private readonly CorsRules _cors;
    private readonly TokenCheck _tokens;
    private readonly RseHealth _health;
    private readonly RsePublisher _publisher;
    private readonly RseReader _reader;
    private readonly AddressReader _addresses;
    private readonly ILogger _log;

    /// <param name="mesh">Where events live.</param>
    /// <param name="options">How the door behaves.</param>
    /// <param name="clock">Tells the ages of events.</param>
    /// <param name="log">Hears of failures of storage.</param>
    /// <param name="stopping">Ends requests that wait for events.</param>
    /// <param name="topics">Where topics go; null for one partition.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public RseEndpoint(IMesh mesh, RseOptions options, TimeProvider clock, ILogger<RseEndpoint>? log = null, CancellationToken stopping = default, TopicPartitions? topics = null)
    {
        options.Check();
        _cors = new CorsRules(options.CorsOrigins);
        _tokens = new TokenCheck(options);
        _publisher = new RsePublisher(mesh, options);
        var waits = new Waits("rse", options.WaitsMax, stopping);
        _reader = new RseReader(mesh, waits, clock);
        _addresses = new AddressReader(new AddressResolver(mesh, topics ?? new TopicPartitions(mesh, TopicHomes.Default)), _reader, waits, clock);
        _health = new RseHealth(mesh, _tokens, _publisher, clock);
        _log = log ?? NullLogger<RseEndpoint>.Instance;
    }

    /// <summary>What answers the requests of a listener.</summary>
    /// <param name="mode">How strict it is.</param>
    public RequestDelegate For(RseMode mode) => context => HandleAsync(context, mode);

    private async Task HandleAsync(HttpContext context, RseMode mode)
    {
        try
        {
            await DispatchAsync(context, mode).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is left to answer.
        }
        catch (Exception failure) when (ErrorMap.Of(failure) is not null)
        {
            if (failure is StorageUnavailableException or TokenStoreException) LogStorage(_log, failure.Message);
            if (context.Response.HasStarted) context.Abort();
            else await RseAnswers.FailAsync(context.Response, ErrorMap.Of(failure)!.Value).ConfigureAwait(false);
        }
    }

    private async Task DispatchAsync(HttpContext context, RseMode mode)
    {
        if (_cors.TryAnswer(context)) return;
        var target = new RequestTarget(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var path = ChannelPath.Normalise(target.Path, context.Request.PathBase.Value ?? "");
        if (path is null or "/") await RseAnswers.FailAsync(context.Response, RseAnswers.NotFound(path ?? target.Path.ToString())).ConfigureAwait(false);
        else if (path == "/health") await _health.AnswerAsync(context, mode, new HealthQuery(target.Query)).ConfigureAwait(false);
        else if (await _tokens.RefuseAsync(context.Request, mode, context.RequestAborted).ConfigureAwait(false) is { } refusal) await RseAnswers.FailAsync(context.Response, refusal).ConfigureAwait(false);
        else await RouteAsync(context, mode, path, new RseQuery(target.Query)).ConfigureAwait(false);
    }

    private Task RouteAsync(HttpContext context, RseMode mode, string path, RseQuery query)
    {
        var method = context.Request.Method;
        if (path == "/all" && mode == RseMode.Test)
            return HttpMethods.IsGet(method) ? _reader.DumpAsync(context, query) : RseAnswers.MethodNotAllowedAsync(context, DumpMethods);
        if (path.StartsWith(AddressReader.Prefix, StringComparison.Ordinal))
            return HttpMethods.IsGet(method) && !query.IsPublish ? _addresses.ReadAsync(context, path, query) : RseAnswers.MethodNotAllowedAsync(context, DumpMethods);
        if (!ChannelPath.IsWithinBounds(path)) return RseAnswers.FailAsync(context.Response, RseAnswers.ChannelNameTooLong);
        var request = new RseRequest(context, mode, ChannelPath.Split(path), query);
        if (HttpMethods.IsPost(method)) return _publisher.PublishAsync(request);
        if (!HttpMethods.IsGet(method)) return RseAnswers.MethodNotAllowedAsync(context, ChannelMethods);
        return query.IsPublish ? _publisher.PublishAsync(request) : _reader.ReadAsync(request);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An RSE request was answered 503: {Reason}")]
    private static partial void LogStorage(ILogger log, string reason);
}
