using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Claims, stats and dead letters (Zaqar specification, sections 1.5, 1.6, 1.8 and 3).</summary>
public abstract class ClaimContract(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    protected ZaqarCaller Client => Door.Client;

    [ContractFact]
    public async Task A_claim_holds_the_oldest_messages_and_each_names_it()
    {
        await Client.PostNumbersAsync("q", 12);
        var claim = await Client.ClaimAsync("q");
        var id = claim.Location!.Split('/')[^1];
        Assert.Equal($"/v2/queues/q/claims/{id}", claim.Location);
        Assert.Equal(Enumerable.Range(0, 10).Select(n => $"{n}"), claim.Bodies(201));
        Assert.All(claim.Hrefs(201), href => Assert.EndsWith($"?claim_id={id}", href));
        Assert.Equal(2, (await Client.ClaimAsync("q", limit: 20)).Bodies(201).Length);
        Assert.Equal(204, (await Client.PostAsync("/v2/queues/q/claims")).Status);
    }

    [ContractTheory]
    [InlineData("limit=21")]
    [InlineData("limit=0")]
    [InlineData("limit=-100")]
    public async Task A_limit_out_of_range_is_refused(string query) =>
        Assert.Equal(400, (await Client.PostAsync($"/v2/queues/q/claims?{query}", """{"ttl":60,"grace":60}""")).Status);

    [ContractTheory]
    [InlineData("""{"ttl":59,"grace":60}""")]
    [InlineData("""{"ttl":43201,"grace":60}""")]
    [InlineData("""{"ttl":60,"grace":59}""")]
    [InlineData("""{"ttl":60,"grace":43201}""")]
    [InlineData("""{"ttl":-100}""")]
    [InlineData("""{"ttl":10000000000000000000}""")]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData(".")]
    [InlineData("\"x\"")]
    public async Task Terms_out_of_range_are_refused(string body)
    {
        await Client.PostNumbersAsync("q", 1);
        Assert.Equal(400, (await Client.PostAsync("/v2/queues/q/claims", body)).Status);
    }

    [ContractTheory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"grace":100}""")]
    public async Task Terms_left_out_have_defaults(string? body)
    {
        await Client.PostNumbersAsync("q", 1);
        var claim = await Client.PostAsync("/v2/queues/q/claims", body);
        Assert.Equal(201, claim.Status);
        Assert.Equal(300, (await Client.GetAsync(claim.Location!)).Json().GetProperty("ttl").GetInt32());
    }

    [ContractFact]
    public async Task Claimed_messages_are_listed_only_when_asked_for()
    {
        var path = (await Client.PostNumbersAsync("q", 1))[0];
        var claim = await Client.ClaimAsync("q");
        Assert.Empty((await Client.GetAsync("/v2/queues/q/messages?echo=true")).Messages());
        Assert.Single((await Client.GetAsync("/v2/queues/q/messages?echo=true&include_claimed=true")).Messages());
        Assert.Empty((await Client.GetAsync("/v2/queues/q/messages?include_claimed=true")).Messages());
        Assert.Contains("claim_id=", (await Client.GetAsync(path)).Json().GetProperty("href").GetString(), StringComparison.Ordinal);
        await Client.DeleteAsync(claim.Location!);
        Assert.Equal(path, (await Client.GetAsync(path)).Json().GetProperty("href").GetString());
    }

    [ContractFact]
    public async Task Only_the_holder_of_the_claim_deletes_its_messages_one_by_one()
    {
        var path = (await Client.PostNumbersAsync("q", 1))[0];
        var claim = await Client.ClaimAsync("q");
        Assert.Equal("Unable to delete", (await Client.DeleteAsync(path)).Error(403));
        Assert.Equal(400, (await Client.DeleteAsync($"{path}?claim_id=nonsense")).Status);
        Assert.Equal(400, (await Client.DeleteAsync($"{path}?claim_id={Guid.NewGuid():n}")).Status);
        Assert.Equal(200, (await Client.GetAsync(path)).Status);
        Assert.Equal(204, (await Client.DeleteAsync(claim.Hrefs(201)[0])).Status);
        Assert.Equal(404, (await Client.GetAsync(path)).Status);
    }

    [ContractFact]
    public async Task An_unknown_claim_is_not_found_and_releasing_it_is_no_error()
    {
        await Client.PutAsync("/v2/queues/q");
        Assert.Equal(404, (await Client.GetAsync("/v2/queues/q/claims/a")).Status);
        Assert.Equal(404, (await Client.PatchAsync("/v2/queues/q/claims/a", "{}")).Status);
        Assert.Equal(204, (await Client.DeleteAsync("/v2/queues/q/claims/a")).Status);
    }

    [ContractFact]
    public async Task Stats_count_claimed_and_free_and_show_oldest_and_newest()
    {
        await Client.PostNumbersAsync("q", 20);
        await Client.ClaimAsync("q", limit: 1);
        var stats = await Client.GetAsync("/v2/queues/q/stats");
        Assert.Equal((1, 19, 20), stats.Counts());
        foreach (var end in new[] { "oldest", "newest" })
        {
            var message = stats.Json().GetProperty("messages").GetProperty(end);
            Assert.Equal(["age", "created", "href"], message.EnumerateObject().Select(field => field.Name).Order());
            Assert.Equal(200, (await Client.GetAsync(message.GetProperty("href").GetString()!)).Status);
        }
    }
}
