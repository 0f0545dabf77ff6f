using Mesh.Storage.AdoNet;
using Mesh.Testing.Postgres;
using Orleans.Configuration;

namespace Mesh.Orleans.Tests;

/// <summary>A cluster whose records, reminders and grain states are in one database of its own, as those of the silo host are.</summary>
internal static class OrleansOnPostgres
{
    /// <param name="silos">How many.</param>
    /// <param name="configureSilo">What else each silo has.</param>
    /// <param name="configureClient">What else the client has.</param>
    public static async Task<ClusterFixture> StartAsync(short silos = 2, Action<ISiloBuilder>? configureSilo = null, Action<IClientBuilder>? configureClient = null)
    {
        var data = await PostgresServer.NewDatabaseAsync();
        await using var database = ClusterDatabase.Open(data);
        await database.MigrateAsync();
        var connection = database.OrleansConnectionText;
        return await ClusterFixture.StartAsync(
            LogStores.Open(data),
            silos: silos,
            configureSilo: silo =>
            {
                silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection));
                silo.AddAdoNetGrainStorageAsDefault(Store).AddAdoNetGrainStorage("PubSubStore", Store);
                configureSilo?.Invoke(silo);
            },
            configureClient: configureClient);

        void Store(AdoNetGrainStorageOptions states)
        {
            (states.Invariant, states.ConnectionString) = (ClusterDatabase.OrleansInvariant, connection);
            states.DeleteStateOnClear = true;
        }
    }
}
