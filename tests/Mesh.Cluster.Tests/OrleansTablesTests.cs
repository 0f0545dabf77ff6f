using Mesh.SiloHost;
using Mesh.Storage.AdoNet;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>Orleans' own parts work on the tables and statements that our migration makes.</summary>
public sealed class OrleansTablesTests : IAsyncLifetime
{
    private static readonly GrainId Grain = GrainId.Create("test", "one");
    private IHost? _silo;

    public async Task InitializeAsync()
    {
        if (RequiresPostgresAttribute.Missing is not null) return;
        var data = await PostgresServer.NewDatabaseAsync();
        await using var database = ClusterDatabase.Open(data);
        await database.MigrateAsync();
        var options = new SiloHostOptions { Data = data, SiloPort = FreePort.Take(), GatewayPort = FreePort.Take() };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo => SiloConfiguration.Apply(silo, options, database.OrleansConnectionText));
        _silo = builder.Build();
        await _silo.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_silo is null) return;
        await _silo.StopAsync();
        _silo.Dispose();
    }

    [PostgresFact]
    public async Task A_change_of_membership_counts_only_with_the_version_it_was_made_for()
    {
        var table = Service<IMembershipTable>();
        var before = await table.ReadAll();
        var other = Entry(before.Members.Single().Item1, generation: 7);
        Assert.True(await table.InsertRow(other, before.Version.Next()));
        Assert.False(await table.InsertRow(Entry(other, generation: 8), before.Version.Next()));
        var after = await table.ReadAll();
        Assert.False(await table.InsertRow(other, after.Version.Next()));
        Assert.Equal(after.Version.Version, (await table.ReadAll()).Version.Version);

        other.Status = SiloStatus.Dead;
        other.AddSuspector(before.Members.Single().Item1.SiloAddress, DateTime.UtcNow);
        Assert.False(await table.UpdateRow(other, "", before.Version.Next()));
        Assert.True(await table.UpdateRow(other, "", after.Version.Next()));
        var row = (await table.ReadRow(other.SiloAddress)).Members.Single().Item1;
        Assert.Equal(SiloStatus.Dead, row.Status);
        Assert.Equal(before.Members.Single().Item1.SiloAddress, Assert.Single(row.SuspectTimes!).Item1);
        Assert.Equal(after.Version.Version + 1, (await table.ReadAll()).Version.Version);

        await table.CleanupDefunctSiloEntries(DateTimeOffset.UtcNow.AddDays(1));
        Assert.DoesNotContain((await table.ReadAll()).Members, each => each.Item1.SiloAddress.Equals(other.SiloAddress));
    }

    [PostgresFact]
    public async Task Reminders_are_found_by_grain_and_by_range_and_go_with_their_version()
    {
        var table = Service<IReminderTable>();
        var entry = new ReminderEntry { GrainId = Grain, ReminderName = "sweep", StartAt = new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc), Period = TimeSpan.FromDays(30) };
        var first = (await table.UpsertRow(entry))!;
        var second = (await table.UpsertRow(entry))!;
        Assert.NotEqual(first, second);
        var read = (await table.ReadRow(Grain, "sweep"))!;
        Assert.Equal((entry.StartAt, entry.Period, second), (read.StartAt, read.Period, read.ETag));
        Assert.Single((await table.ReadRows(Grain)).Reminders);
        var hash = Grain.GetUniformHashCode();
        Assert.Single((await table.ReadRows(hash - 1, hash)).Reminders);
        Assert.Single((await table.ReadRows(hash, hash)).Reminders);
        Assert.Empty((await table.ReadRows(hash, hash + 1)).Reminders);
        Assert.False(await table.RemoveRow(Grain, "sweep", first));
        Assert.True(await table.RemoveRow(Grain, "sweep", second));
        Assert.Null(await table.ReadRow(Grain, "sweep"));
    }

    [PostgresFact]
    public async Task A_grains_state_is_kept_and_the_slower_of_two_writers_is_refused()
    {
        var storage = Service<IGrainStorage>();
        var mine = new GrainState<List<string>>(["first"]);
        await storage.WriteStateAsync("state", Grain, mine);
        var theirs = new GrainState<List<string>>();
        await storage.ReadStateAsync("state", Grain, theirs);
        Assert.Equal(["first"], theirs.State);
        Assert.True(theirs.RecordExists);
        theirs.State = ["second"];
        await storage.WriteStateAsync("state", Grain, theirs);
        mine.State = ["late"];
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("state", Grain, mine));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("state", Grain, new GrainState<List<string>>(["as if new"])));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("state", Grain, mine));
        await storage.ClearStateAsync("state", Grain, theirs);
        var read = new GrainState<List<string>>();
        await storage.ReadStateAsync("state", Grain, read);
        Assert.False(read.RecordExists);
    }

    private static MembershipEntry Entry(MembershipEntry like, int generation) => new()
    {
        SiloAddress = SiloAddress.New(like.SiloAddress.Endpoint, generation),
        SiloName = "other",
        HostName = "elsewhere",
        Status = SiloStatus.Joining,
        StartTime = DateTime.UtcNow,
        IAmAliveTime = DateTime.UtcNow,
    };

    private T Service<T>()
        where T : notnull => _silo!.Services.GetRequiredService<T>();
}
