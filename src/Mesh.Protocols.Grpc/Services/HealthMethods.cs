using Google.Protobuf;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.MeshV1;
using Mesh.Protocols.Grpc.Services.Health;
using static Mesh.Protocols.Grpc.Services.Health.HealthCheckResponse.Types;

namespace Mesh.Protocols.Grpc.Services;

/// <summary><c>grpc.health.v1.Health</c>: whether the server takes calls. All services stand and fall with the storage behind them.</summary>
/// <param name="services">Full names of the services that are served.</param>
/// <param name="isReady">Whether calls can be served now.</param>
/// <param name="clock">Times how often watchers are looked after.</param>
/// <param name="stopping">Cancelled when the server stops.</param>
internal sealed class HealthMethods(IReadOnlyList<string> services, Func<CancellationToken, Task<bool>> isReady, TimeProvider clock, CancellationToken stopping)
{
    /// <summary>How often a watched status is asked for again.</summary>
    public static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private const string Service = "/grpc.health.v1.Health/";

    public IEnumerable<KeyValuePair<string, GrpcMethod>> Methods =>
    [
        new(Service + "Check", CheckAsync),
        new(Service + "List", ListAsync),
        new(Service + "Watch", WatchAsync),
    ];

    private async Task<GrpcStatus> CheckAsync(GrpcCall call)
    {
        var service = await ReadAsync(call).ConfigureAwait(false);
        if (!Has(service)) return new GrpcStatus(StatusCode.NotFound, $"There is no service {service}; there are {string.Join(", ", services)}, and the empty name for all.");
        await call.RespondAsync(Encode(await StatusAsync(call).ConfigureAwait(false))).ConfigureAwait(false);
        return GrpcStatus.Ok;
    }

    private async Task<GrpcStatus> ListAsync(GrpcCall call)
    {
        await call.ReadSingleAsync().ConfigureAwait(false);
        var status = new HealthCheckResponse { Status = await StatusAsync(call).ConfigureAwait(false) };
        var list = new HealthListResponse();
        foreach (var service in services.Prepend("")) list.Statuses.Add(service, status);
        await call.RespondAsync(list.ToByteArray()).ConfigureAwait(false);
        return GrpcStatus.Ok;
    }

    private async Task<GrpcStatus> WatchAsync(GrpcCall call)
    {
        var service = await ReadAsync(call).ConfigureAwait(false);
        await call.StartAsync().ConfigureAwait(false);
        ServingStatus? told = null;
        while (true)
        {
            var status = Has(service) ? await StatusAsync(call).ConfigureAwait(false) : ServingStatus.ServiceUnknown;
            if (status != told)
            {
                call.Write(Encode(status));
                await call.FlushAsync().ConfigureAwait(false);
                told = status;
            }

            await Task.Delay(WatchInterval, clock, call.Ended).ConfigureAwait(false);
        }
    }

    private static async ValueTask<string> ReadAsync(GrpcCall call) =>
        (await MeshService.RequestAsync(call, HealthCheckRequest.Parser).ConfigureAwait(false)).Service;

    private async ValueTask<ServingStatus> StatusAsync(GrpcCall call) =>
        !stopping.IsCancellationRequested && await isReady(call.Ended).ConfigureAwait(false) ? ServingStatus.Serving : ServingStatus.NotServing;

    private bool Has(string service) => service.Length == 0 || services.Contains(service);

    private static byte[] Encode(ServingStatus status) => new HealthCheckResponse { Status = status }.ToByteArray();
}
