using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Cases 29 to 40 and 43.</summary>
public abstract class ClaimCases(Func<Task<ZaqarDoor>> open) : ConformanceCase(open)
{
    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_claim_takes_as_many_messages_as_it_asks_for(string version)
    {
        var client = In(version);
        await client.PostNumbersAsync("q", 20);
        foreach (var limit in new[] { 21, 0, -100 }) Assert.Equal(400, (await client.ClaimAsync("q", $"?limit={limit}")).Status);
        var two = await client.ClaimAsync("q", "?limit=2");
        Assert.Equal([0, 1], client.Numbers(two));
        var id = two.Location!.Split('/')[^1];
        Assert.Equal($"/{version}/queues/q/claims/{id}", two.Location);
        Assert.All(client.Hrefs(two), href => Assert.EndsWith($"?claim_id={id}", href));
        Assert.Equal(10, client.Numbers(await client.ClaimAsync("q")).Count());
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task The_terms_of_a_claim_have_bounds(string version)
    {
        var client = In(version);
        await client.PostNumbersAsync("q", 1);
        foreach (var seconds in new[] { "59", "43201", "1", "-100", "10000000000000000000" })
        {
            Assert.Equal(400, (await client.PostAsync("q/claims", $$"""{"ttl":{{seconds}},"grace":60}""")).Status);
            Assert.Equal(400, (await client.PostAsync("q/claims", $$"""{"ttl":60,"grace":{{seconds}}}""")).Status);
        }

        var claim = await client.ClaimAsync("q");
        foreach (var body in new[] { "[", "[]", ".", "\"x\"" })
        {
            Assert.Equal(400, (await client.PostAsync("q/claims", body)).Status);
            Assert.Equal(400, (await client.PatchAsync(claim.Location!, body)).Status);
        }
    }

    [ContractTheory]
    [MemberData(nameof(LaterVersions))]
    public async Task Terms_left_out_have_defaults(string version)
    {
        await In(version).PostNumbersAsync("q", 3);
        foreach (var body in new[] { null, "{}", """{"grace":100}""" })
        {
            var claim = await In(version).PostAsync("q/claims?limit=1", body);
            Assert.Equal(300, (await In(version).GetAsync(claim.Location!)).Json().GetProperty("ttl").GetInt32());
        }
    }

    [ContractFact]
    public async Task The_first_version_has_no_defaults_for_terms()
    {
        await In("v1").PostNumbersAsync("q", 1);
        foreach (var body in new[] { null, "{}", """{"grace":100}""", """{"ttl":100}""" }) Assert.Equal(400, (await In("v1").PostAsync("q/claims", body)).Status);
        var claim = await In("v1").ClaimAsync("q");
        Assert.Equal(400, (await In("v1").PatchAsync(claim.Location!, """{"grace":60}""")).Status);
        Assert.Equal(204, (await In("v1").PatchAsync(claim.Location!, """{"ttl":60}""")).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_second_claim_of_a_queue_that_is_all_claimed_gets_nothing(string version)
    {
        await In(version).PostNumbersAsync("q", 2);
        await In(version).ClaimAsync("q");
        var second = await In(version).ClaimAsync("q");
        Assert.Equal((204, "", null), (second.Status, second.Body, second.Location));
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Claimed_messages_are_listed_only_when_asked_for(string version)
    {
        var client = In(version);
        await client.PostNumbersAsync("q", 1);
        await client.ClaimAsync("q");
        client.AssertEmpty(await client.GetAsync("q/messages?echo=true"));
        Assert.Equal([0], client.Numbers(await client.GetAsync("q/messages?echo=true&include_claimed=true")));
        client.AssertEmpty(await client.GetAsync("q/messages?echo=false&include_claimed=true"));
    }

    [ContractTheory]
    [MemberData(nameof(LaterVersions))]
    public async Task The_link_of_a_message_names_its_claim_for_as_long_as_it_is_claimed(string version)
    {
        var path = (await In(version).PostNumbersAsync("q", 1))[0];
        var claim = (await In(version).ClaimAsync("q")).Location!;
        Assert.Equal($"{path}?claim_id={claim.Split('/')[^1]}", (await In(version).GetAsync(path)).Json().GetProperty("href").GetString());
        await In(version).DeleteAsync(claim);
        Assert.Equal(path, (await In(version).GetAsync(path)).Json().GetProperty("href").GetString());
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Only_the_holder_of_its_claim_deletes_a_message(string version)
    {
        var client = In(version);
        var path = (await client.PostNumbersAsync("q", 1))[0];
        var claim = await client.ClaimAsync("q");
        Assert.Equal("Unable to delete", (await client.DeleteAsync(path)).Error(403));
        Assert.Equal(400, (await client.DeleteAsync($"{path}?claim_id=nonsense")).Status);
        Assert.Equal(400, (await client.DeleteAsync($"{path}?claim_id={Guid.NewGuid():n}")).Status);
        Assert.Equal(200, (await client.GetAsync(path)).Status);
        Assert.Equal(204, (await client.DeleteAsync(client.Hrefs(claim)[0])).Status);
        Assert.Equal(404, (await client.GetAsync(path)).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_released_claim_is_gone_and_its_messages_are_where_they_were(string version)
    {
        var client = In(version);
        await client.PostNumbersAsync("q", 4);
        var claim = (await client.ClaimAsync("q", "?limit=2")).Location!;
        Assert.Equal(204, (await client.DeleteAsync(claim)).Status);
        Assert.Equal(404, (await client.GetAsync(claim)).Status);
        Assert.Equal(404, (await client.PatchAsync(claim, """{"ttl":60,"grace":60}""")).Status);
        Assert.Equal(204, (await client.DeleteAsync(claim)).Status);
        Assert.Equal([0, 1, 2, 3], client.Numbers(await client.ClaimAsync("q")));
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task What_is_unknown_or_of_another_project_is_not_found(string version)
    {
        var path = (await In(version).PostNumbersAsync("q", 1))[0];
        Assert.Equal(404, (await In(version).GetAsync("q/claims/a")).Status);
        Assert.Equal(404, (await In(version).PatchAsync("q/claims/a", """{"ttl":60,"grace":60}""")).Status);
        Assert.Equal(204, (await In(version).DeleteAsync("q/claims/a")).Status);
        var claim = (await In(version).ClaimAsync("q")).Location!;
        var stranger = Another(version, "-another");
        await stranger.PutAsync("q");
        Assert.Equal(404, (await stranger.GetAsync(path)).Status);
        Assert.Equal(404, (await stranger.GetAsync(claim)).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_claim_lets_its_messages_live_through_its_grace(string version)
    {
        var path = (await In(version).PostNumbersAsync("q", 1, ttl: 60))[0];
        await In(version).ClaimAsync("q", ttl: 300, grace: 100);
        Assert.Equal(400, (await In(version).GetAsync(path)).Json().GetProperty("ttl").GetInt32());
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Stats_count_messages_and_show_the_oldest_and_the_newest(string version)
    {
        var client = In(version);
        await client.PutAsync("q");
        Assert.Equal("""{"messages":{"claimed":0,"free":0,"total":0}}""", (await client.GetAsync("q/stats")).Body);
        await client.PostNumbersAsync("q", 20);
        await client.ClaimAsync("q", "?limit=1");
        var stats = await client.GetAsync("q/stats");
        Assert.Equal((1, 19, 20), stats.Counts());
        foreach (var (end, number) in new[] { ("oldest", 0), ("newest", 19) })
        {
            var message = stats.Json().GetProperty("messages").GetProperty(end);
            Assert.Equal(["age", "created", "href"], message.EnumerateObject().Select(each => each.Name).Order());
            Assert.Equal(number, (await client.GetAsync(message.GetProperty("href").GetString()!)).Json().GetProperty("body").GetInt32());
        }
    }

    [ContractFact]
    public async Task A_message_delivered_too_often_goes_to_the_dead_letters()
    {
        var client = In("v2");
        await client.PutAsync("q", """{"_max_claim_count":2,"_dead_letter_queue":"dead"}""");
        await client.PostNumbersAsync("q", 1);
        for (var delivery = 0; delivery < 2; delivery++)
        {
            var claim = await client.ClaimAsync("q");
            Assert.Equal([0], client.Numbers(claim));
            await client.DeleteAsync(claim.Location!);
        }

        Assert.Equal(204, (await client.ClaimAsync("q")).Status);
        Assert.Equal(0, (await client.GetAsync("q/stats")).Counts().Total);
        Assert.Equal(1, (await client.GetAsync("dead/stats")).Counts().Total);
    }
}
