using Mesh.Engine.Storage;
using Mesh.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Orleans.Tests;

/// <summary>Silos die, leave and join under load; nobody loses anything, and nothing is there twice.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_silo_that_is_killed_under_load_loses_and_doubles_nothing()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var load = new AppendLoad(fixture.Mesh, rings: 8);
        load.Start();
        await load.ProgressAsync(20);
        await fixture.Cluster.KillSiloAsync(fixture.Cluster.Silos[0]);
        await load.ProgressAsync(20);
        await load.CheckAsync();
        output.WriteLine($"{load.Acknowledged} appends acknowledged; the slowest took {load.Slowest.TotalSeconds:F1} s.");
        Assert.Empty(load.Refusals);
    }

    [Fact]
    public async Task Appends_whose_answers_are_lost_are_sent_again_and_stored_once()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var load = new AppendLoad(fixture.Mesh, rings: 4);
        load.Start();
        await load.ProgressAsync(1);
        fixture.LoseAnswers(40); // Tried again at most twice a second each, well within the time that a call is tried again for.
        await load.ProgressAsync(40);
        await load.CheckAsync();
        Assert.Empty(load.Refusals);
    }

    [Fact]
    public async Task A_creation_whose_answer_is_lost_is_known_to_be_its_callers()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var (name, options) = (StreamName.Queue("jobs"), new StreamOptions { RetentionCount = 7 });
        fixture.LoseAnswers(2);
        Assert.True(await fixture.Mesh.Catalogue.CreateAsync(name, options, "mine"u8.ToArray()));
        Assert.False(await fixture.Mesh.Catalogue.CreateAsync(name, options, "mine"u8.ToArray()));
        fixture.LoseAnswers(1);
        Assert.False(await fixture.Mesh.Catalogue.CreateAsync(name, options, "another's"u8.ToArray()));
    }

    [Fact]
    public async Task A_claim_whose_answer_is_lost_is_sent_again_and_made_once()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var queue = fixture.Mesh.Queue(StreamName.Queue("jobs"));
        await queue.AppendAsync(Given.Segment("a", "b", "c"));
        fixture.LoseAnswers(2);
        var terms = new ClaimTerms(TimeSpan.FromMinutes(1), TimeSpan.Zero);
        var claimed = await queue.ClaimAsync(2, terms);
        Assert.Equal(["a", "b"], claimed.Page.Records.Bodies());
        Assert.Equal(["c"], (await queue.ClaimAsync(2, terms)).Page.Records.Bodies());
        Assert.Equal(AckResult.Deleted, await queue.AckAsync(Sequence.First, claimed.Id));
    }

    [Fact]
    public async Task A_pop_whose_answers_are_lost_gives_what_it_took_and_shows_it_as_it_was()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var queue = fixture.Mesh.Queue(StreamName.Queue("jobs"));
        await queue.AppendAsync(Given.Mortal("a", TimeSpan.FromSeconds(60)));
        await queue.AppendAsync(Given.Segment("b", "c"));
        fixture.LoseAnswers(3);
        var popped = await queue.PopAsync(2);
        Assert.Equal(["a", "b"], popped.Records.Bodies());
        Assert.All(popped.States, state => Assert.Equal((null, 0), (state.Claim, state.DeliveryCount)));
        Assert.InRange(popped.States[0].ExpiresAt.Since(popped.Now), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Equal(["c"], (await queue.PopAsync(2)).Records.Bodies());
        Assert.Equal((0, 0), (await queue.StatsAsync() is var stats ? (stats.Claimed, stats.Free) : default));
    }

    [Fact]
    public async Task Silos_join_and_leave_under_load_and_no_client_sees_an_error()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore(), silos: 1);
        var load = new AppendLoad(fixture.Mesh, rings: 8);
        load.Start();
        await load.ProgressAsync(20);
        var second = await fixture.Cluster.StartAdditionalSiloAsync();
        await fixture.Cluster.WaitForLivenessToStabilizeAsync();
        await load.ProgressAsync(20);
        await fixture.Cluster.StopSiloAsync(fixture.Cluster.Silos[0]);
        await load.ProgressAsync(20);
        await load.CheckAsync();
        output.WriteLine($"{load.Acknowledged} appends acknowledged; the slowest took {load.Slowest.TotalSeconds:F1} s. Left: {second.SiloAddress}.");
        Assert.Empty(load.Refusals);
    }
}
