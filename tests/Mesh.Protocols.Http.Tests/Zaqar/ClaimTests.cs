using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Claims, stats and dead letters, and what the clock does to them.</summary>
public sealed class ClaimTests() : ClaimContract(ZaqarServer.OpenAsync)
{
    private ManualClock Clock => ((ZaqarServer)Door).Clock;

    [Fact]
    public async Task A_claim_is_read_renewed_and_released()
    {
        await Client.PostNumbersAsync("q", 2);
        var claim = await Client.ClaimAsync("q");
        Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(7, (await Client.GetAsync(claim.Location!)).Json().GetProperty("age").GetInt32());
        Assert.Equal(204, (await Client.PatchAsync(claim.Location!, """{"ttl":60,"grace":60}""")).Status);
        var renewed = (await Client.GetAsync(claim.Location!)).Json();
        Assert.Equal((0, 60), (renewed.GetProperty("age").GetInt32(), renewed.GetProperty("ttl").GetInt32()));
        foreach (var ttl in new[] { -1, 59, 43201 }) Assert.Equal(400, (await Client.PatchAsync(claim.Location!, $$"""{"ttl":{{ttl}}}""")).Status);
        Assert.Equal(204, (await Client.DeleteAsync(claim.Location!)).Status);
        Assert.Equal(404, (await Client.GetAsync(claim.Location!)).Status);
        Assert.Equal(404, (await Client.PatchAsync(claim.Location!, "{}")).Status);
        Assert.Equal(204, (await Client.DeleteAsync(claim.Location!)).Status);
        Assert.Equal(["0", "1"], (await Client.ClaimAsync("q")).Bodies(201));
    }

    [Fact]
    public async Task A_claim_lets_its_messages_live_through_its_grace()
    {
        var path = (await Client.PostNumbersAsync("q", 1, ttl: 60))[0];
        await Client.ClaimAsync("q", ttl: 300, grace: 100);
        Assert.Equal(400, (await Client.GetAsync(path)).Json().GetProperty("ttl").GetInt32());
        Clock.Advance(TimeSpan.FromSeconds(399));
        Assert.Equal(200, (await Client.GetAsync(path)).Status);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, (await Client.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Detailed_stats_show_for_how_long_the_oldest_unclaimed_message_has_waited()
    {
        await Client.PutAsync("/v2/queues/q", """{"_default_message_delay":0}""");
        await Client.PostNumbersAsync("q", 1);
        Clock.Advance(TimeSpan.FromSeconds(5));
        var paths = await Client.PostNumbersAsync("q", 1);
        await Client.ClaimAsync("q", limit: 1, ttl: 60);
        Clock.Advance(TimeSpan.FromSeconds(7));
        var oldest = (await Client.GetAsync("/v2/queues/q/stats?detailed=true")).Json().GetProperty("messages").GetProperty("oldest_unclaimed");
        Assert.Equal((7, paths[0]), (oldest.GetProperty("age").GetInt32(), oldest.GetProperty("href").GetString()));
        Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(72, (await Client.GetAsync("/v2/queues/q/stats?detailed=true")).Json().GetProperty("messages").GetProperty("oldest_unclaimed").GetProperty("age").GetInt32());
        foreach (var path in new[] { "/v2/queues/q/stats", "/v2/queues/q/stats?detailed=false", "/v2/queues/empty/stats?detailed=true" })
            Assert.False((await Client.GetAsync(path)).Json().GetProperty("messages").TryGetProperty("oldest_unclaimed", out _));
        Assert.Equal(400, (await Client.GetAsync("/v2/queues/q/stats?detailed=maybe")).Status);
    }

    [Fact]
    public async Task After_two_deliveries_the_third_claim_moves_a_message_to_the_dead_letters()
    {
        await Client.PutAsync("/v2/queues/q", """{"_max_claim_count":2,"_dead_letter_queue":"dead","_dead_letter_queue_messages_ttl":120}""");
        await Client.PostNumbersAsync("q", 1);
        for (var delivery = 0; delivery < 2; delivery++) await Client.DeleteAsync((await Client.ClaimAsync("q")).Location!);
        Assert.Equal(204, (await Client.PostAsync("/v2/queues/q/claims", """{"ttl":60,"grace":60}""")).Status);
        Assert.Equal((0, 0, 0), (await Client.GetAsync("/v2/queues/q/stats")).Counts());
        Assert.Equal(1, (await Client.GetAsync("/v2/queues/dead/stats")).Counts().Total);
        Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(["0"], (await Client.ClaimAsync("dead")).Bodies(201));
    }
}
