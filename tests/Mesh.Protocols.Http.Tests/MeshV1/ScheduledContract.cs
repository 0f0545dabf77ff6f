using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>Records that are appended later.</summary>
public abstract class ScheduledContract(Func<Task<MeshDoor>> open) : DoorContract<MeshDoor>(open)
{
    [Fact]
    public async Task What_is_due_is_appended_with_all_that_was_said_of_it()
    {
        (await Door.PostAsync("streams/topic:later.x/scheduled?after=0.001", """{"n":1}""", "application/json", ("Mesh-Tag-x", "1"))).Expect(201);
        await Eventually.TrueAsync(async () => (await Door.GetAsync("streams/topic:later.x/records")).Records.Count == 1, "the record is there");
        var record = Assert.Single((await Door.GetAsync("streams/topic:later.x/records")).Records);
        Assert.Equal(("later.x", "1"), (record.GetProperty("key").GetString(), record.GetProperty("tags").GetProperty("x").GetString()));
        Assert.Equal("""{"n":1}""", record.GetProperty("body").GetRawText());
    }

    [Fact]
    public async Task What_is_to_come_is_listed_and_cancelled()
    {
        var once = (await Door.PostManyAsync("streams/ring:r/scheduled?at=2030-01-31T12:00:00Z", """{"records":[{"body":1},{"body":2}]}""")).Expect(201);
        var id = once.Json.GetProperty("id").GetString();
        Assert.Equal(("2030-01-31T12:00:00.000000Z", $"/mesh/v1/scheduled/{id}"), (once.Json.GetProperty("due").GetString(), once.Headers["Location"]));
        var cron = (await Door.PostAsync($"streams/ring:r/scheduled?cron={Uri.EscapeDataString("0 0 1 1 *")}", "{}")).Expect(201).Json.GetProperty("id").GetString();
        Assert.Equal(
            $$"""{"id":"{{id}}","stream":"ring:r","due":"2030-01-31T12:00:00.000000Z","records":2}""", Assert.Single(await ListAsync(), each => each.Contains($"\"{id}\"", StringComparison.Ordinal)));
        Assert.Contains(""","cron":"0 0 1 1 *","records":1}""", Assert.Single(await ListAsync(), each => each.Contains($"\"{cron}\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        foreach (var each in new[] { id, cron })
        {
            (await Door.SendAsync(HttpMethod.Delete, $"scheduled/{each}", null)).Expect(204);
            (await Door.SendAsync(HttpMethod.Delete, $"scheduled/{each}", null)).ExpectProblem(404, "not-found", each!);
        }
    }

    [Fact]
    public async Task A_post_that_is_sent_again_under_its_key_is_scheduled_once()
    {
        var first = await PostAsync();
        Assert.Equal(first, await PostAsync());
        (await Door.SendAsync(HttpMethod.Delete, $"scheduled/{first}", null)).Expect(204);

        async Task<string?> PostAsync() => (await Door.PostAsync("streams/ring:r/scheduled?at=2031-01-31T12:00:00Z", "{}", headers: ("Idempotency-Key", "k"))).Expect(201).Json.GetProperty("id").GetString();
    }

    [Theory]
    [InlineData("", "one of the parameters at")]
    [InlineData("?at=2030-01-31T12:00:00Z&after=1", "one of the parameters at")]
    [InlineData("?at=tomorrow", "'tomorrow'")]
    [InlineData("?after=-1", "'-1'")]
    [InlineData("?cron=61", "five fields")]
    [InlineData("?every=1", "every means nothing here")]
    public async Task What_is_wrong_is_said(string query, string says) =>
        (await Door.PostAsync("streams/ring:r/scheduled" + query, "{}")).ExpectProblem(400, "invalid-request", says);

    private async Task<List<string>> ListAsync() => [.. (await Door.GetAsync("scheduled?limit=1000")).Expect(200).Json.GetProperty("scheduled").EnumerateArray().Select(each => each.GetRawText())];
}
