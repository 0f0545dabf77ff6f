using System.Net;
using Mesh.Orleans;
using Mesh.Storage.AdoNet;
using Orleans.Configuration;

namespace Mesh.SiloHost;

/// <summary>What the options mean to Orleans.</summary>
internal static class SiloConfiguration
{
    private const int LifeSignsMissed = 3;

    /// <param name="silo">To be configured.</param>
    /// <param name="options">Checked ones.</param>
    /// <param name="connection">Leads to Orleans' own tables.</param>
    public static void Apply(ISiloBuilder silo, SiloHostOptions options, string connection)
    {
        silo.AddMesh(_ => LogStores.Open(options.Data));
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.Cluster.ClusterId, options.Cluster.ServiceId));
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = options.Advertise;
            (endpoints.SiloPort, endpoints.GatewayPort) = (options.SiloPort, options.GatewayPort);
            endpoints.SiloListeningEndpoint = new IPEndPoint(options.Advertise, options.SiloPort);
            endpoints.GatewayListeningEndpoint = new IPEndPoint(options.Advertise, options.GatewayPort);
        });
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = options.ProbeTimeout;
            membership.NumMissedProbesLimit = options.ProbesMissed;
            membership.TableRefreshTimeout = options.Cluster.TableRefresh;

            // Silos that all died at once are voted dead by one that joins when their life signs have ended (SiloProcess.JoinAsync), by default after 15 s.
            membership.IAmAliveTablePublishTimeout = options.Cluster.TableRefresh;
            membership.NumMissedTableIAmAliveLimit = LifeSignsMissed;
            membership.MaxJoinAttemptTime = (LifeSignsMissed + 1) * options.Cluster.TableRefresh;
        });
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.Cluster.ResponseTimeout);
        silo.UseAdoNetClustering(cluster => (cluster.Invariant, cluster.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
        silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
        silo.AddAdoNetGrainStorageAsDefault(states => (states.Invariant, states.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
    }
}
