using Mesh.Addresses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Protocols.Http.MeshV1;

/// <summary>
/// mesh.v1, Mesh's own interface, over HTTP and JSON: every stream by its address. Mount it below a path base and give it every request there. Nobody is
/// authenticated. Thread-safe.
/// </summary>
public sealed partial class MeshV1Endpoint
{
    private readonly AddressResolver _resolver;
    private readonly ILogger _log;

    /// <param name="mesh">Where streams live.</param>
    /// <param name="resolver">Finds what addresses name.</param>
    /// <param name="options">Bounds; null for the defaults.</param>
    /// <param name="clock">Measures waits.</param>
    /// <param name="log">Hears of failures of storage.</param>
    /// <param name="stopping">Ends requests that wait.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MeshV1Endpoint(
        IMesh mesh, AddressResolver resolver, MeshV1Options? options = null, TimeProvider? clock = null, ILogger<MeshV1Endpoint>? log = null, CancellationToken stopping = default)
    {
        options ??= new MeshV1Options();
        options.Check();
        _resolver = resolver;
        _log = log ?? NullLogger<MeshV1Endpoint>.Instance;
        Routes = V1Routes.Of(mesh, options, new Waits("mesh_v1", options.WaitsMax, stopping), clock ?? TimeProvider.System);
    }

    /// <summary>What is answered.</summary>
    internal V1Routes Routes { get; }

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var request = new V1Request(context, _resolver);
            await Routes.RunAsync(request).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is left to answer.
        }
        catch (V1Refusal refusal) when (!context.Response.HasStarted)
        {
            await V1Answers.RefuseAsync(context.Response, refusal).ConfigureAwait(false);
        }
        catch (Exception failure) when (ErrorMap.Of(failure) is { } known)
        {
            if (failure is StorageUnavailableException) LogStorage(_log, failure.Message);
            if (context.Response.HasStarted) context.Abort();
            else await V1Answers.RefuseAsync(context.Response, V1Refusal.Of(known)).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A mesh.v1 request was answered 503: {Reason}")]
    private static partial void LogStorage(ILogger log, string reason);
}
