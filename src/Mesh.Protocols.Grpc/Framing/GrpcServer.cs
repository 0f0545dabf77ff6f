using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>Serves one call and says how it ended.</summary>
internal delegate Task<GrpcStatus> GrpcMethod(GrpcCall call);

/// <summary>
/// gRPC on top of the web server's HTTP/2: finds the method of a request, runs it, and sends its status. Knows nothing of messages' contents. Thread-safe.
/// </summary>
/// <param name="methods">By path: <c>/package.Service/Method</c>.</param>
/// <param name="options">Bounds.</param>
/// <param name="clock">Measures deadlines.</param>
/// <param name="stopping">Cancelled when the server stops: calls end with UNAVAILABLE, new ones are refused.</param>
/// <param name="log">Gets what no client caused.</param>
internal sealed class GrpcServer(
    FrozenDictionary<string, GrpcMethod> methods, GrpcOptions options, TimeProvider clock, CancellationToken stopping, ILogger log)
{
    private int _calls;

    public async Task HandleAsync(HttpContext context)
    {
        if (RefusedAsHttp(context.Request) is { } refused)
        {
            context.Response.StatusCode = refused;
            return;
        }

        context.Response.ContentType = GrpcHeaders.ContentType;
        context.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.EncodingsAccepted;
        var calls = Interlocked.Increment(ref _calls);
        try
        {
            if (RefusedAsCall(context.Request, calls, out var method) is { } status) GrpcCall.WriteStatus(context.Response, status);
            else await ServeAsync(context, method).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    private static int? RefusedAsHttp(HttpRequest request) =>
        !HttpProtocol.IsHttp2(request.Protocol) ? StatusCodes.Status426UpgradeRequired
        : !HttpMethods.IsPost(request.Method) ? StatusCodes.Status405MethodNotAllowed
        : !GrpcHeaders.IsGrpc(request.ContentType) ? StatusCodes.Status415UnsupportedMediaType
        : null;

    private GrpcStatus? RefusedAsCall(HttpRequest request, int calls, out GrpcMethod method)
    {
        if (!methods.TryGetValue(request.Path.Value ?? "", out method!))
            return new GrpcStatus(StatusCode.Unimplemented, $"There is no method {request.Path}; there are {string.Join(", ", methods.Keys.Order())}.");
        if (stopping.IsCancellationRequested) return GrpcCall.Stopping;
        return calls > options.CallsMax
            ? new GrpcStatus(StatusCode.ResourceExhausted, $"{options.CallsMax} calls are open, as many as the server takes. Try again later.")
            : null;
    }

    private async Task ServeAsync(HttpContext context, GrpcMethod method)
    {
        GrpcCall? call = null;
        try
        {
            call = new GrpcCall(context, options.MessageBytesMax, clock, stopping);
            await call.FinishAsync(await RunAsync(call, method).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (GrpcException refused) when (call is null)
        {
            GrpcCall.WriteStatus(context.Response, refused.Status);
        }
        finally
        {
            call?.Dispose();
        }
    }

    private async Task<GrpcStatus> RunAsync(GrpcCall call, GrpcMethod method)
    {
        try
        {
            return await method(call).ConfigureAwait(false);
        }
        catch (GrpcException wrong)
        {
            return wrong.Status;
        }
        catch (Exception failure) when (failure is StorageUnavailableException or StreamFencedException)
        {
            return ErrorMap.FromFailure(failure, log);
        }
        catch (Exception) when (call.Ended.IsCancellationRequested)
        {
            return call.EndedStatus;
        }
        catch (IOException)
        {
            // The connection broke before the server was told that the request was aborted.
            return call.EndedStatus;
        }
        catch (Exception failure)
        {
            return ErrorMap.FromFailure(failure, log);
        }
    }
}
