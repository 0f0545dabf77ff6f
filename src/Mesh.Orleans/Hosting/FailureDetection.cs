using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Mesh.Orleans;

/// <summary>
/// How soon a dead silo is known to be dead. Orleans' own settings leave its streams unanswered for 14 to 31 s; these, for about 2 to 4. A host that
/// configures the same options after AddMesh has its way.
/// </summary>
internal static class FailureDetection
{
    /// <summary>After this a call is tried again: it may have been sent to a silo that has just died.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(5);

    public static void OfSilos(IServiceCollection services)
    {
        services.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromMilliseconds(500);
            options.NumMissedProbesLimit = 2;
            options.TableRefreshTimeout = TableRefresh;
        });
        services.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
    }

    public static void OfClients(IServiceCollection services)
    {
        services.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        services.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TableRefresh);
    }
}
