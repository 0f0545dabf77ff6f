using System.Net;
using Mesh.Orleans;
using Mesh.Storage.AdoNet;
using Orleans.Configuration;

namespace Mesh.SiloHost;

/// <summary>What the options mean to Orleans.</summary>
internal static class SiloConfiguration
{
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

            // When all silos died at once nobody votes them dead; the next one starts when it has missed this many of their life signs, by default after 15 s.
            membership.IAmAliveTablePublishTimeout = options.Cluster.TableRefresh;
            membership.NumMissedTableIAmAliveLimit = 3;
        });
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.Cluster.ResponseTimeout);
        silo.UseAdoNetClustering(cluster => (cluster.Invariant, cluster.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
        silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
        silo.AddAdoNetGrainStorageAsDefault(states => (states.Invariant, states.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
    }
}
