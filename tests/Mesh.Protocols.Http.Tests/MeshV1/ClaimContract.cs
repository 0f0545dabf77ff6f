using System.Text;
using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>Claims from queues and by consumer groups, dead letters, and requests that are answered.</summary>
public abstract class ClaimContract(Func<Task<MeshDoor>> open) : DoorContract<MeshDoor>(open)
{
    [Fact]
    public async Task What_is_claimed_is_nobody_elses_until_it_is_released()
    {
        for (var i = 1; i <= 3; i++) await Door.PostAsync("streams/queue:q/records", $"{i}");
        var claimed = (await JsonAsync(HttpMethod.Post, "streams/queue:q/claims", """{"limit":2,"visibilityTimeoutSeconds":3600}""")).Expect(201);
        var claim = claimed.Json.GetProperty("claim").GetString();
        Assert.Equal([1, 2], claimed.Sequences);
        Assert.Equal([1, 1], claimed.Records.Select(record => record.GetProperty("deliveryCount").GetInt32()));
        Assert.Equal($"/mesh/v1/streams/queue%3Aq/claims/{claim}", claimed.Headers["Location"]);
        Assert.Equal([3], (await JsonAsync(HttpMethod.Post, "streams/queue:q/claims", "{}")).Sequences);
        var none = (await JsonAsync(HttpMethod.Post, "streams/queue:q/claims", "{}")).Expect(200);
        Assert.Equal("""{"claim":null,"records":[]}""", none.Text);
        (await JsonAsync(HttpMethod.Patch, $"streams/queue:q/claims/{claim}", """{"visibilityTimeoutSeconds":7200}""")).Expect(204);
        Assert.Equal([1, 2], (await Door.GetAsync($"streams/queue:q/claims/{claim}")).Expect(200).Sequences);
        (await Door.SendAsync(HttpMethod.Delete, $"streams/queue:q/claims/{claim}", null)).Expect(204);
        (await Door.GetAsync($"streams/queue:q/claims/{claim}")).ExpectProblem(404, "not-found", "no claim");
        var again = await JsonAsync(HttpMethod.Post, "streams/queue:q/claims", "{}");
        Assert.Equal([1, 2], again.Sequences);
        Assert.Equal([2, 2], again.Records.Select(record => record.GetProperty("deliveryCount").GetInt32()));
    }

    [Fact]
    public async Task What_is_acknowledged_is_done()
    {
        for (var i = 1; i <= 3; i++) await Door.PostAsync("streams/queue:q/records", $"{i}");
        var claim = (await JsonAsync(HttpMethod.Post, "streams/queue:q/claims", "{}")).Json.GetProperty("claim").GetString();
        var acked = (await JsonAsync(HttpMethod.Post, $"streams/queue:q/claims/{claim}/acks", """{"sequences":[2]}""")).Expect(200);
        Assert.Equal("""{"results":[{"sequence":2,"result":"deleted"}]}""", acked.Text);
        Assert.Equal([1, 3], (await Door.GetAsync($"streams/queue:q/claims/{claim}")).Sequences);
        Assert.Equal("""{"results":[{"sequence":1,"result":"deleted"},{"sequence":3,"result":"deleted"}]}""", (await JsonAsync(HttpMethod.Post, $"streams/queue:q/claims/{claim}/acks", "{}")).Expect(200).Text);
        (await JsonAsync(HttpMethod.Post, $"streams/queue:q/claims/{claim}/acks", "{}")).ExpectProblem(404, "not-found", "no claim");
    }

    [Fact]
    public async Task A_claim_waits_for_records()
    {
        await Door.PutAsync("streams/queue:q");
        var waiting = JsonAsync(HttpMethod.Post, "streams/queue:q/claims?wait=60", "{}");
        await Door.PostAsync("streams/queue:q/records", "1");
        Assert.Equal([1], (await waiting).Expect(201).Sequences);
    }

    [Fact]
    public async Task Dead_letters_are_shown_and_go_back()
    {
        await Door.PutAsync("streams/queue:q", """{"deliveryCountMax":1,"deadLetterQueue":"dead"}""");
        await Door.PostAsync("streams/queue:q/records", "1");
        var claim = (await JsonAsync(HttpMethod.Post, "streams/queue:q/claims", "{}")).Json.GetProperty("claim").GetString();
        await Door.SendAsync(HttpMethod.Delete, $"streams/queue:q/claims/{claim}", null);
        Assert.Empty((await JsonAsync(HttpMethod.Post, "streams/queue:q/claims", "{}")).Records);
        var letters = await Door.GetAsync("streams/queue:q/dead-letters");
        await Eventually.TrueAsync(async () => (letters = await Door.GetAsync("streams/queue:q/dead-letters")).Records.Count == 1, "the record is a dead letter");
        Assert.Equal("queue:dead", letters.Json.GetProperty("queue").GetString());
        Assert.Equal("q", letters.Records[0].GetProperty("tags").GetProperty("mesh-dead-letter-of").GetString());
        Assert.Equal("""{"moved":1}""", (await JsonAsync(HttpMethod.Post, "streams/queue:q/dead-letters/redrive", "{}")).Expect(200).Text);
        Assert.Equal(["1"], (await JsonAsync(HttpMethod.Post, "streams/queue:q/claims?wait=60", "{}")).Expect(201).Bodies);
        (await Door.GetAsync("streams/queue:dead/dead-letters")).ExpectProblem(409, "conflict", "deadLetterQueue");
    }

    [Theory]
    [InlineData("ring:r")]
    [InlineData("channel:c")]
    [InlineData("partition:p")]
    public async Task A_group_hands_each_record_of_any_stream_to_one_of_its_consumers(string stream)
    {
        (await JsonAsync(HttpMethod.Put, $"streams/{stream}/groups/g", """{"start":"oldest"}""")).Expect(201);
        for (var i = 1; i <= 4; i++) await Door.PostAsync($"streams/{stream}/records", $"{i}");
        var one = (await JsonAsync(HttpMethod.Post, $"streams/{stream}/groups/g/claims", """{"consumer":"one","limit":2}""")).Expect(201);
        var two = (await JsonAsync(HttpMethod.Post, $"streams/{stream}/groups/g/claims?wait=60", """{"consumer":"two","limit":9}""")).Expect(201);
        Assert.Equal([1, 2], one.Sequences);
        Assert.Equal([3, 4], two.Sequences);
        var (first, second) = (one.Json.GetProperty("claim").GetString(), two.Json.GetProperty("claim").GetString());
        Assert.Equal("""{"results":[{"sequence":1,"result":"acknowledged"},{"sequence":3,"result":"claimExpired"}]}""", (await JsonAsync(HttpMethod.Post, $"streams/{stream}/groups/g/claims/{first}/acks", """{"sequences":[1,3]}""")).Expect(200).Text);
        (await JsonAsync(HttpMethod.Patch, $"streams/{stream}/groups/g/claims/{first}", """{"visibilityTimeoutSeconds":600}""")).Expect(204);
        Assert.Equal([2], (await Door.GetAsync($"streams/{stream}/groups/g/claims/{first}")).Expect(200).Sequences);
        await JsonAsync(HttpMethod.Post, $"streams/{stream}/groups/g/claims/{second}/acks", "{}");
        (await Door.SendAsync(HttpMethod.Delete, $"streams/{stream}/groups/g/claims/{first}", null)).Expect(204);
        Assert.Equal([2], (await JsonAsync(HttpMethod.Post, $"streams/{stream}/groups/g/claims", """{"consumer":"two"}""")).Sequences);
        var shown = (await Door.GetAsync($"streams/{stream}/groups/g")).Expect(200).Json;
        Assert.Equal((5, 0, 1), (shown.GetProperty("next").GetInt64(), shown.GetProperty("lag").GetInt64(), shown.GetProperty("pending").GetInt64()));
        Assert.Equal("g", Assert.Single((await Door.GetAsync($"streams/{stream}/groups")).Json.GetProperty("groups").EnumerateArray()).GetProperty("group").GetString());
        Assert.Equal([1, 2, 3, 4], (await Door.GetAsync($"streams/{stream}/records")).Sequences);
    }

    [Fact]
    public async Task A_group_is_moved_and_deleted()
    {
        for (var i = 1; i <= 4; i++) await Door.PostAsync("streams/ring:r/records", $"{i}");
        (await JsonAsync(HttpMethod.Put, "streams/ring:r/groups/g", """{"deliveryCountMax":3,"deadLetterQueue":"dead"}""")).Expect(201);
        Assert.Equal((5, 3), (Number(await Door.GetAsync("streams/ring:r/groups/g"), "next"), Number(await Door.GetAsync("streams/ring:r/groups/g"), "deliveryCountMax")));
        Assert.Equal(2, Number(await JsonAsync(HttpMethod.Patch, "streams/ring:r/groups/g", """{"from":2}"""), "next"));
        (await JsonAsync(HttpMethod.Put, "streams/ring:r/groups/g", "{}")).Expect(200);
        (await Door.SendAsync(HttpMethod.Delete, "streams/ring:r/groups/g", null)).Expect(204);
        (await Door.GetAsync("streams/ring:r/groups/g")).ExpectProblem(404, "not-found", "no group g");
        (await Door.GetAsync("streams/ring:none/groups/g")).ExpectProblem(404, "no-such-stream", "ring:none");
        (await JsonAsync(HttpMethod.Post, "streams/ring:r/claims", "{}")).ExpectProblem(400, "invalid-request", "/groups/{group}/claims");
        (await Door.GetAsync("streams/queue:q/groups")).ExpectProblem(400, "invalid-request", "no consumer groups");

        static long Number(MeshAnswer answer, string name) => answer.Expect(200).Json.GetProperty(name).GetInt64();
    }

    [Theory]
    [InlineData("""{"limit":0}""", "1 to 1000; it is 0")]
    [InlineData("""{"visibilityTimeout":5}""", "visibilityTimeout is unknown")]
    [InlineData("""{"visibilityTimeoutSeconds":"5"}""", "a number of")]
    [InlineData("[]", "an object")]
    public async Task A_claim_of_another_form_is_refused(string json, string says) =>
        (await JsonAsync(HttpMethod.Post, "streams/queue:q/claims", json)).ExpectProblem(400, "invalid-request", says);

    [Fact]
    public async Task A_request_is_answered_by_whoever_takes_it()
    {
        var asked = Door.PostAsync("streams/queue:q/requests?wait=60", """{"ping":1}""");
        var taken = (await JsonAsync(HttpMethod.Post, "streams/queue:q/claims?wait=60", "{}")).Expect(201).Records[0];
        var room = taken.GetProperty("tags").GetProperty("mesh-reply-to").GetString()!;
        Assert.StartsWith("room:mesh.reply.", room, StringComparison.Ordinal);
        var answered = (await Door.PostAsync($"streams/{room}/records", """{"pong":1}""", "application/json", ("Mesh-Project", "default"))).Expect(200);
        Assert.Equal(1, answered.Json.GetProperty("receivers").GetInt32());
        var answer = (await asked).Expect(200);
        Assert.Equal(("""{"pong":1}""", "application/json", "/mesh/v1/streams/queue%3Aq/records/1"), (answer.Text, answer.Headers["Content-Type"], answer.Headers["Location"]));
        (await Door.PostAsync("streams/queue:q/requests?wait=0", "1")).ExpectProblem(504, "no-reply", "record 2 of queue:q");
    }

    private Task<MeshAnswer> JsonAsync(HttpMethod method, string path, string json) => Door.SendAsync(method, path, MeshDoor.Content(Encoding.UTF8.GetBytes(json), "application/json"));
}
