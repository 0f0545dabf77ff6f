using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Protocols.Http.Rse;

/// <summary>
/// The RSE protocol over HTTP (RSE specification), at the root of a port or below a path base. Needs no routing: give it every request. A channel tree is a
/// stream, a sub-channel a key, an event id the record's time in microseconds. Tokens are not checked. Thread-safe.
/// </summary>
public sealed partial class RseEndpoint
{
    private const string ChannelMethods = "GET, POST";
    private const string HealthMethods = "GET, HEAD";
    private const string DumpMethods = "GET";

    private readonly IMesh _mesh;
    private readonly RseOptions _options;
    private readonly RsePublisher _publisher;
    private readonly RseReader _reader;
    private readonly ILogger _log;

    /// <param name="mesh">Where events live.</param>
    /// <param name="options">How the door behaves.</param>
    /// <param name="clock">Tells the ages of events.</param>
    /// <param name="log">Hears of failures of storage.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public RseEndpoint(IMesh mesh, RseOptions options, TimeProvider clock, ILogger<RseEndpoint>? log = null)
    {
        options.Check();
        _mesh = mesh;
        _options = options;
        _publisher = new RsePublisher(mesh, options);
        _reader = new RseReader(mesh, options, clock);
        _log = log ?? NullLogger<RseEndpoint>.Instance;
    }

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is left to answer.
        }
        catch (Exception failure) when (ErrorMap.Of(failure) is not null)
        {
            if (failure is StorageUnavailableException) LogStorage(_log, failure.Message);
            if (context.Response.HasStarted) context.Abort();
            else await RseAnswers.FailAsync(context.Response, ErrorMap.Of(failure)!.Value).ConfigureAwait(false);
        }
    }

    private Task DispatchAsync(HttpContext context)
    {
        var target = new RequestTarget(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var path = ChannelPath.Normalise(target.Path, context.Request.PathBase.Value ?? "");
        var method = context.Request.Method;
        if (path is null or "/")
            return RseAnswers.FailAsync(context.Response, new HttpFailure(StatusCodes.Status404NotFound, $"URI not found: {path ?? target.Path.ToString()}"));
        if (path == "/health")
            return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? HealthAsync(context) : RseAnswers.MethodNotAllowedAsync(context, HealthMethods);
        var query = new RseQuery(target.Query);
        if (path == "/all" && _options.Mode == RseMode.Test)
            return HttpMethods.IsGet(method) ? _reader.DumpAsync(context, query) : RseAnswers.MethodNotAllowedAsync(context, DumpMethods);
        if (!ChannelPath.IsWithinBounds(path)) return RseAnswers.FailAsync(context.Response, RseAnswers.ChannelNameTooLong);
        var channel = ChannelPath.Split(path);
        if (HttpMethods.IsPost(method)) return _publisher.PublishAsync(context, channel, query);
        if (!HttpMethods.IsGet(method)) return RseAnswers.MethodNotAllowedAsync(context, ChannelMethods);
        return query.IsPublish ? _publisher.PublishAsync(context, channel, query) : _reader.ReadAsync(context, channel, query);
    }

    /// <summary>Asks storage something small, so that a database that is away shows.</summary>
    private async Task HealthAsync(HttpContext context)
    {
        await _mesh.Catalogue.FindAsync(StreamName.Channel("health"), context.RequestAborted).ConfigureAwait(false);
        await RseAnswers.TextAsync(context.Response, RseAnswers.JsonType, "OK\n").ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An RSE request was answered 503: {Reason}")]
    private static partial void LogStorage(ILogger log, string reason);
}
