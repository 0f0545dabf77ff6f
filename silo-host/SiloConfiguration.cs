using System.Net;
using Mesh.Orleans;
using Mesh.Storage.AdoNet;
using Orleans.Configuration;

namespace Mesh.SiloHost;

/// <summary>What the options mean to Orleans.</summary>
internal static class SiloConfiguration
{
    /// <summary>
    /// A silo that has missed so many signs of life has no say, and one that joins probes it, and if it does not answer votes it dead alone (<see cref="DeadSilos"/>).
    /// A living silo that cannot reach the database for so long answers its probes.
    /// </summary>
    private const int LifeSignsMissed = 5;

    /// <summary>One small write a silo.</summary>
    private static readonly TimeSpan LifeSign = TimeSpan.FromSeconds(1);

    /// <summary>After so long without a sign of life a silo counts as silent.</summary>
    public static readonly TimeSpan Silent = LifeSignsMissed * LifeSign;

    /// <summary>A gateway that has lost all connections for so long is gone, and with it those who listen to rooms there. Orleans waits for a minute.</summary>
    private static readonly TimeSpan GatewayGone = TimeSpan.FromSeconds(10);

    /// <summary>Within this a silo joins, however busy its machine is; else the others vote it dead.</summary>
    public static readonly TimeSpan JoinMax = TimeSpan.FromSeconds(30);

    /// <param name="silo">To be configured.</param>
    /// <param name="options">Checked ones.</param>
    /// <param name="connection">Leads to Orleans' own tables.</param>
    public static void Apply(ISiloBuilder silo, SiloHostOptions options, string connection)
    {
        silo.AddMesh(_ => LogStores.Open(options.Data), mesh => (mesh.OpenPool, mesh.NodesPerRoom, mesh.RoomAnswerMax) = (LogStores.OpenShared, options.RoomNodes, options.RoomAnswerMax));
#pragma warning disable ORLEANSEXP002 // asked for by name
        if (options.Rebalance) silo.MoveStreamsToNewSilos();
#pragma warning restore ORLEANSEXP002
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
            membership.IAmAliveTablePublishTimeout = LifeSign;
            membership.NumMissedTableIAmAliveLimit = LifeSignsMissed;
            membership.MaxJoinAttemptTime = JoinMax;
        });
        silo.Configure<SiloMessagingOptions>(messaging => (messaging.ResponseTimeout, messaging.ClientDropTimeout) = (options.Cluster.ResponseTimeout, GatewayGone));
        silo.UseAdoNetClustering(cluster => (cluster.Invariant, cluster.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
        silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
        silo.AddAdoNetGrainStorageAsDefault(states =>
        {
            (states.Invariant, states.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection);
            states.DeleteStateOnClear = true; // rooms come and go
        });
    }
}
