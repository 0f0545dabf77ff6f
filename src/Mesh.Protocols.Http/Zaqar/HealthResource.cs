using System.Collections.Concurrent;
using Mesh.Protocols.Http.Zaqar.Pools;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>
/// Whether storage works, found out by using it (Zaqar specification, section 1.13). In version 1 anybody may ask and gets a yes or no; later versions show
/// each operation in each store, to admins only. Thread-safe.
/// </summary>
internal sealed class HealthResource(IMesh mesh)
{
    private const int PoolsMax = 1000;
    private const int ProbesAtOnce = 16;

    public async Task GetAsync(ZaqarRequest request)
    {
        if (request.Version.HeadersAreOptional)
        {
            await StorageProbe.CheckAsync(mesh, request).ConfigureAwait(false);
            await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
            return;
        }

        RequestRules.RequireAdmin(request.Context);
        var own = await HealthProbe.RunAsync(mesh, null, request.Aborted).ConfigureAwait(false);
        var pools = own.IsReachable ? await mesh.Pools.ListAsync("", PoolsMax, request.Aborted).ConfigureAwait(false) : [];
        var probes = await RunAsync(pools, request.Aborted).ConfigureAwait(false);
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        if (pools.Count == 0) own.Write(answer.Json);
        else answer.Json.WriteBoolean("catalog_reachable"u8, own.IsReachable);
        foreach (var pool in pools)
        {
            answer.Json.WriteStartObject(pool.Name);
            probes[pool.Name].Write(answer.Json);
            answer.Json.WriteEndObject();
        }

        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>Several at a time, for one that is away takes its time.</summary>
    private async ValueTask<ConcurrentDictionary<string, HealthProbe>> RunAsync(IReadOnlyList<Pool> pools, CancellationToken cancel)
    {
        var probes = new ConcurrentDictionary<string, HealthProbe>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            pools,
            new ParallelOptions { MaxDegreeOfParallelism = ProbesAtOnce, CancellationToken = cancel },
            async (pool, stop) => probes[pool.Name] = await HealthProbe.RunAsync(mesh, pool.Name, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return probes;
    }
}
