using Mesh.Addresses;
using Mesh.Protocols.Http.Zaqar.Addresses;
using Mesh.Protocols.Http.Zaqar.Delivery;
using Mesh.Protocols.Http.Zaqar.Pools;
using Mesh.Protocols.Http.Zaqar.Sealing;
using Mesh.Protocols.Http.Zaqar.Signing;
using Mesh.Protocols.Http.Zaqar.Sockets;
using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Mesh.Topics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>
/// Zaqar's protocol over HTTP, versions 1, 1.1 and 2 (Zaqar specification). Needs no routing: give it every request. A queue is a stream, a message a record, whose body
/// is kept as it was posted. Nobody is authenticated: X-Project-ID is believed. Thread-safe.
/// </summary>
public sealed partial class ZaqarEndpoint : IAsyncDisposable
{
    private readonly HomeResource _home;
    private readonly QueuesResource _queues;
    private readonly MessagesResource _messages;
    private readonly ClaimsResource _claims;
    private readonly StatsResource _stats;
    private readonly MetadataResource _metadata;
    private readonly HealthResource _health;
    private readonly PoolsResource _pools;
    private readonly FlavorsResource _flavors;
    private readonly PurgeResource _purge;
    private readonly RedriveResource _redrive;
    private readonly ShareResource _share;
    private readonly SubscriptionsResource _subscriptions;
    private readonly SignedUrlRules _signed;
    private readonly Deliveries _deliveries;
    private readonly SenderChoice _senders;
    private readonly SocketDoor _sockets;
    private readonly CancellationTokenSource _stop = new();
    private readonly StreamsByAddress _streams;
    private readonly AddressedResource _addressed;
    private readonly ZaqarOptions _options;
    private readonly ILogger _log;

    /// <param name="mesh">Where messages live.</param>
    /// <param name="options">Limits.</param>
    /// <param name="log">Hears of failures of storage, of subscribers that are not reached, and of faults.</param>
    /// <param name="clock">For subscriptions, signatures and retries; by default the system's.</param>
    /// <param name="topics">Where topics go that are named by address; by default all into one partition.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public ZaqarEndpoint(IMesh mesh, ZaqarOptions? options = null, ILogger<ZaqarEndpoint>? log = null, TimeProvider? clock = null, TopicPartitions? topics = null)
    {
        clock ??= TimeProvider.System;
        _log = log ?? NullLogger<ZaqarEndpoint>.Instance;
        options ??= new ZaqarOptions();
        options.Check();
        _streams = new StreamsByAddress(mesh, new AddressResolver(mesh, topics ?? new TopicPartitions(mesh, TopicHomes.Default)), clock);
        var directory = new QueueDirectory(mesh, options);
        _home = new HomeResource(mesh, options);
        _queues = new QueuesResource(mesh, options, directory);
        var secret = new SigningSecret(mesh, options);
        var subscriptions = new SubscriptionStore(mesh, clock);
        var sockets = new SocketRegistry(options.DeliveryTimeout);
        var seal = new MessageSeal(options.MessageKeys, reason => LogUnreadable(_log, reason));
        var bodies = new BodyWriter(seal, options.ChecksumsAreShown);
        _senders = new SenderChoice(options, sockets, clock);
        _deliveries = new Deliveries(mesh, options, subscriptions, directory, secret, _senders, seal, clock, _log);
        var poll = new LongPoll(new Waits("zaqar", options.WaitsMax, _stop.Token), clock);
        _messages = new MessagesResource(mesh, options, directory, _deliveries, seal, bodies, poll);
        _purge = new PurgeResource(mesh, options, subscriptions);
        _redrive = new RedriveResource(mesh, options, directory, seal);
        _share = new ShareResource(options, secret, clock);
        _subscriptions = new SubscriptionsResource(options, subscriptions, _deliveries, clock);
        _sockets = new SocketDoor(mesh, options, HandleAsync, _streams, subscriptions, sockets, _stop.Token);
        _signed = new SignedUrlRules(secret, clock);
        _claims = new ClaimsResource(mesh, options, bodies, poll);
        _stats = new StatsResource(mesh, directory);
        _metadata = new MetadataResource(options, directory);
        _health = new HealthResource(mesh);
        _pools = new PoolsResource(mesh, options);
        _flavors = new FlavorsResource(mesh, options);
        _addressed = new AddressedResource(mesh, options);
        _options = options;
    }

    /// <summary>Begins to deliver to subscribers, first what an earlier run has left.</summary>
    public void StartDeliveries() => _deliveries.Start();

    /// <summary>Closes sockets and ends deliveries; what is not delivered stays for the next run.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _deliveries.DisposeAsync().ConfigureAwait(false);
        _senders.Dispose();
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
        catch (ZaqarRefusal refusal)
        {
            await ZaqarAnswers.RefuseAsync(context.Response, refusal).ConfigureAwait(false);
        }
        catch (WaitRefusal refusal)
        {
            await ZaqarAnswers.FailAsync(context.Response, refusal.Failure).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await FailAsync(context, failure).ConfigureAwait(false);
        }
    }

    private Task DispatchAsync(HttpContext context) => SignedUrlRules.IsSigned(context) ? DispatchSignedAsync(context) : RouteAsync(context);

    private async Task DispatchSignedAsync(HttpContext context)
    {
        await _signed.CheckAsync(context).ConfigureAwait(false);
        await RouteAsync(context).ConfigureAwait(false);
    }

    private Task RouteAsync(HttpContext context)
    {
        if (ZaqarRoute.Match(context.Request.Path.Value ?? "") is not { } route || (route.IsOfPools && !_options.PoolsAreOpen))
            throw new ZaqarRefusal(StatusCodes.Status404NotFound, "404 Not Found");
        if (route.Resource == ZaqarResource.Versions && SocketUpgrade.IsAsked(context.Request)) return _sockets.HandleAsync(context);
        var method = context.Request.Method;
        if (HttpMethods.IsOptions(method))
        {
            context.Response.Headers.Allow = route.Allow;
            return ZaqarAnswers.EmptyAsync(context.Response, StatusCodes.Status200OK);
        }

        var request = RequestRules.Check(context, route, _options, _streams);
        if (route.Allows(method)) return request.Addressed is { } queue ? ServeAddressedAsync(request, queue, method) : ServeAsync(request, method);
        context.Response.Headers.Allow = route.Allow;
        throw new ZaqarRefusal(StatusCodes.Status405MethodNotAllowed, "405 Method Not Allowed", $"{method} means nothing here; allowed are {route.Allow}.");
    }

    private Task ServeAddressedAsync(ZaqarRequest request, AddressedQueue queue, string method) => (request.Route.Resource, method) switch
    {
        (ZaqarResource.Queue, "PUT") => _addressed.PutAsync(request, queue),
        (ZaqarResource.Queue or ZaqarResource.Metadata, _) => _addressed.GetAsync(request),
        _ => ServeAsync(request, method),
    };

    private Task ServeAsync(ZaqarRequest request, string method) => (request.Route.Resource, method) switch
    {
        (ZaqarResource.Versions, _) => HomeResource.VersionsAsync(request),
        (ZaqarResource.Home, _) => _home.HomeAsync(request),
        (ZaqarResource.Ping, _) => _home.PingAsync(request),
        (ZaqarResource.Health, _) => _health.GetAsync(request),
        (ZaqarResource.Queues, _) => _queues.ListAsync(request),
        (ZaqarResource.Queue, "GET" or "HEAD") => _queues.GetAsync(request),
        (ZaqarResource.Queue, "PUT") => _queues.PutAsync(request),
        (ZaqarResource.Queue, "PATCH") => _queues.PatchAsync(request),
        (ZaqarResource.Queue, _) => _queues.DeleteAsync(request),
        (ZaqarResource.Metadata, "GET") => _metadata.GetAsync(request),
        (ZaqarResource.Metadata, _) => _metadata.PutAsync(request),
        (ZaqarResource.Stats, _) => _stats.GetAsync(request),
        (ZaqarResource.Messages, "POST") => _messages.PostAsync(request),
        (ZaqarResource.Messages, "GET") => _messages.GetAsync(request),
        (ZaqarResource.Messages, _) => _messages.DeleteManyAsync(request),
        (ZaqarResource.Message, "GET") => _messages.GetOneAsync(request),
        (ZaqarResource.Message, _) => _messages.DeleteOneAsync(request),
        (ZaqarResource.Purge, _) => _purge.PostAsync(request),
        (ZaqarResource.Redrive, _) => _redrive.PostAsync(request),
        (ZaqarResource.Share, _) => _share.PostAsync(request),
        (ZaqarResource.Subscriptions, "GET") => _subscriptions.ListAsync(request),
        (ZaqarResource.Subscriptions, _) => _subscriptions.PostAsync(request),
        (ZaqarResource.Subscription, "GET") => _subscriptions.GetAsync(request),
        (ZaqarResource.Subscription, "PATCH") => _subscriptions.PatchAsync(request),
        (ZaqarResource.Subscription, _) => _subscriptions.DeleteAsync(request),
        (ZaqarResource.Confirm, _) => _subscriptions.ConfirmAsync(request),
        (ZaqarResource.Pools, _) => _pools.ListAsync(request),
        (ZaqarResource.Pool, "GET") => _pools.GetAsync(request),
        (ZaqarResource.Pool, "PUT") => _pools.PutAsync(request),
        (ZaqarResource.Pool, "PATCH") => _pools.PatchAsync(request),
        (ZaqarResource.Pool, _) => _pools.DeleteAsync(request),
        (ZaqarResource.Flavors, _) => _flavors.ListAsync(request),
        (ZaqarResource.Flavor, "GET") => _flavors.GetAsync(request),
        (ZaqarResource.Flavor, "PUT") => _flavors.PutAsync(request),
        (ZaqarResource.Flavor, "PATCH") => _flavors.PatchAsync(request),
        (ZaqarResource.Flavor, _) => _flavors.DeleteAsync(request),
        (ZaqarResource.Claims, _) => _claims.PostAsync(request),
        (ZaqarResource.Claim, "GET") => _claims.GetAsync(request),
        (ZaqarResource.Claim, "PATCH") => _claims.PatchAsync(request),
        _ => _claims.DeleteAsync(request),
    };

    private async Task FailAsync(HttpContext context, Exception failure)
    {
        var known = ErrorMap.Of(failure);
        if (failure is StorageUnavailableException) LogStorage(_log, failure.Message);
        else if (known is null) LogFault(_log, failure);
        if (context.Response.HasStarted) context.Abort();
        else if (known is { } mapped) await ZaqarAnswers.FailAsync(context.Response, mapped).ConfigureAwait(false);
        else await ZaqarAnswers.FailAsync(context.Response, StatusCodes.Status500InternalServerError, "Internal server error", null).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A Zaqar request was answered 503: {Reason}")]
    private static partial void LogStorage(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of a Zaqar queue cannot be decrypted and is left out: {Reason}")]
    private static partial void LogUnreadable(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A Zaqar request was answered 500")]
    private static partial void LogFault(ILogger log, Exception fault);
}
