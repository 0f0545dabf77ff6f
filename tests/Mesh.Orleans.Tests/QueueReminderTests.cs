using Mesh.Orleans.Grains;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>Queues that nobody asks for are looked after by Orleans' reminders.</summary>
public sealed class QueueReminderTests
{
    private static readonly StreamName Name = StreamName.Queue("jobs");
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    [PostgresFact]
    public async Task What_has_expired_in_a_queue_that_nobody_asks_for_goes_from_storage_and_then_the_reminder_goes()
    {
        await using var fixture = await OrleansOnPostgres.StartAsync(configureSilo: silo =>
        {
            silo.Services.Configure<MeshSiloOptions>(options =>
            {
                options.QueueReminderPeriod = Period;
                options.MaintenanceInterval = TimeSpan.FromHours(1); // nothing else wakes the queue
            });
            silo.Services.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = Period);
        });
        var queue = fixture.Mesh.Queue(Name);
        var grain = fixture.Cluster.Client.GetGrain<IQueueGrain>(StreamKey.Of(Name));
        var reminders = fixture.Cluster.GetSiloServiceProvider().GetRequiredService<IReminderTable>();
        await queue.AppendAsync(Given.Mortal("claimed", TimeSpan.FromMinutes(1)));
        await queue.AppendAsync(Given.Mortal("free", TimeSpan.FromMinutes(1)));
        Assert.Equal(["claimed"], (await queue.ClaimAsync(1, new ClaimTerms(TimeSpan.FromMinutes(2), TimeSpan.Zero))).Page.Records.Bodies());
        await Eventually.TrueAsync(async () => (await reminders.ReadRows(grain.GetGrainId())).Reminders.Count == 1, "the queue has a reminder");

        await grain.Cast<IGrainManagementExtension>().DeactivateOnIdle();
        Assert.True(await IsStoredAsync(fixture));
        fixture.Clock.Advance(TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync(async () => !await IsStoredAsync(fixture), "the records are gone from storage");
        await Eventually.TrueAsync(async () => (await reminders.ReadRows(grain.GetGrainId())).Reminders.Count == 0, "the reminder is gone");

        await queue.AppendAsync(Given.Segment("new"));
        await Eventually.TrueAsync(async () => (await reminders.ReadRows(grain.GetGrainId())).Reminders.Count == 1, "the queue has a reminder again");
        Assert.Equal(["new"], (await queue.PopAsync(10)).Records.Bodies());
    }

    private static async Task<bool> IsStoredAsync(ClusterFixture fixture) =>
        (await fixture.Store.ListStoredAsync(default, 1000)).Any(stream => stream.Name == Name && stream.FirstBatch is not null);
}
