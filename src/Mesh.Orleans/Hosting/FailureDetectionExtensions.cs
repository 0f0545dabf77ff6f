using Orleans.Configuration;

namespace Mesh.Orleans;

/// <summary>
/// How soon a dead silo is known to be dead. Orleans' own settings leave its streams unanswered for 14 to 31 s; these, for about 2 to 4. They count for all of
/// the program's grains, not for Mesh's alone, so a program asks for them; what it configures afterwards has its way.
/// </summary>
public static class FailureDetectionExtensions
{
    /// <summary>After this a call is tried again: it may have been sent to a silo that has just died.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(5);

    /// <summary>Probes every 0.5 s, 2 missed, and calls that time out after 2 s.</summary>
    public static ISiloBuilder DetectFailuresFast(this ISiloBuilder builder)
    {
        builder.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromMilliseconds(500);
            options.NumMissedProbesLimit = 2;
            options.TableRefreshTimeout = TableRefresh;
            options.IAmAliveTablePublishTimeout = TableRefresh; // three of these after all silos died at once, another can start; by Orleans' own settings after 90 s
        });
        return builder.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
    }

    /// <summary>Calls that time out after 2 s, and silos asked for every 5 s.</summary>
    public static IClientBuilder DetectFailuresFast(this IClientBuilder builder)
    {
        builder.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TableRefresh);
        return builder.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
    }
}
