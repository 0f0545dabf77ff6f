using Mesh.Hosting;
using Mesh.Hosting.Options;
using Mesh.Orleans;
using Mesh.Storage.AdoNet;
using Orleans.Configuration;
using SiloListOptions = Orleans.Configuration.GatewayOptions;

namespace Mesh.Gateway;

/// <summary>The mesh of a cluster, as a client of its silos.</summary>
internal sealed class ClusterConnection : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long silos may take to hear that this client goes.</summary>
    private static readonly TimeSpan GoodbyeMax = TimeSpan.FromSeconds(2);

    private readonly IHost _client;

    private ClusterConnection(IHost client) => _client = client;

    public IMesh Mesh => _client.Services.GetRequiredService<IMesh>();

    /// <param name="options">Checked ones.</param>
    /// <param name="logs">Of the client.</param>
    /// <param name="alter">What else is made of the client; null for nothing.</param>
    /// <exception cref="OptionException">The text of <c>--data</c> names no PostgreSQL database.</exception>
    /// <exception cref="StorageUnavailableException">The database is missing, or not this cluster's.</exception>
    /// <exception cref="NoSiloException">No silo answered in time.</exception>
    public static async Task<ClusterConnection> OpenAsync(GatewayOptions options, ILoggerFactory logs, Action<IClientBuilder>? alter = null)
    {
        await using var database = DataPlace.Open(options.Data, ClusterDatabase.Open);
        await database.CheckAsync(new ClusterName(options.Cluster.ServiceId, options.Cluster.ClusterId));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(logs);
        builder.UseOrleansClient(client =>
        {
            Configure(client, options, database.OrleansConnectionText);
            alter?.Invoke(client);
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return new ClusterConnection(host);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            host.Dispose();
            throw new NoSiloException(options, failure);
        }
    }

    /// <summary>Tells the silos, and goes whether they hear it or not: the wait for one that was killed a moment ago would end after half a minute with an error.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(GoodbyeMax);
        try
        {
            await _client.StopAsync(limit.Token);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            // They find out by the connection's end.
        }

        _client.Dispose();
    }

    private static void Configure(IClientBuilder client, GatewayOptions options, string connection)
    {
        client.AddMesh();
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.Cluster.ClusterId, options.Cluster.ServiceId));
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.Cluster.ResponseTimeout);
        client.Configure<SiloListOptions>(gateways => gateways.GatewayListRefreshPeriod = options.Cluster.TableRefresh);
        client.UseAdoNetClustering(cluster => (cluster.Invariant, cluster.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
        var giveUpAt = Environment.TickCount64 + (long)options.SiloWait.TotalMilliseconds;
        client.UseConnectionRetryFilter(async (_, cancel) =>
        {
            if (Environment.TickCount64 > giveUpAt) return false;
            await Task.Delay(Pause, cancel);
            return true;
        });
    }
}
