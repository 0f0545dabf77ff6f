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
