using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>Streams made, shown, changed, listed and deleted by their addresses.</summary>
public abstract class StreamContract(Func<Task<MeshDoor>> open) : DoorContract<MeshDoor>(open)
{
    [Theory]
    [InlineData("channel:acct")]
    [InlineData("queue:jobs")]
    [InlineData("ring:a%2Fb:c")]
    [InlineData("partition:events")]
    public async Task A_stream_of_any_kind_is_made_shown_and_deleted(string address)
    {
        var made = (await Door.PutAsync($"streams/{address}", """{"retentionCount":5,"retentionAgeSeconds":3600.5}""")).Expect(201);
        Assert.Equal($"/mesh/v1/streams/{Uri.EscapeDataString(Uri.UnescapeDataString(address))}", made.Headers["Location"]);
        var shown = (await Door.GetAsync($"streams/{address}")).Expect(200);
        Assert.Equal(made.Text, shown.Text);
        Assert.Equal(Uri.UnescapeDataString(address), shown.Json.GetProperty("address").GetString());
        Assert.Equal("""{"retentionAgeSeconds":3600.5,"retentionCount":5,"dedupeWindowSeconds":120}""", shown.Json.GetProperty("options").GetRawText());
        Assert.Equal((1, 0, 0), (Long(shown, "lowWatermark"), Long(shown, "highWatermark"), Long(shown, "records")));
        (await Door.SendAsync(HttpMethod.Delete, $"streams/{address}", null)).Expect(204);
        (await Door.GetAsync($"streams/{address}")).ExpectProblem(404, "no-such-stream", "Create it");
        (await Door.SendAsync(HttpMethod.Delete, $"streams/{address}", null)).ExpectProblem(404, "no-such-stream", Uri.UnescapeDataString(address));
    }

    [Fact]
    public async Task Options_are_replaced_by_put_and_changed_one_by_one_by_patch()
    {
        await Door.PutAsync("streams/queue:q", """{"deliveryCountMax":3,"deadLetterQueue":"dead","priorities":true}""");
        var patched = await Patch("""{"deadLetterQueue":null,"deliveryCountMax":null,"retentionBytes":1000}""");
        Assert.Equal("""{"retentionBytes":1000,"dedupeWindowSeconds":120,"priorities":true}""", patched.Expect(200).Json.GetProperty("options").GetRawText());
        var replaced = (await Door.PutAsync("streams/queue:q", """{"dedupeWindowSeconds":1}""")).Expect(200);
        Assert.Equal("""{"dedupeWindowSeconds":1}""", replaced.Json.GetProperty("options").GetRawText());

        Task<MeshAnswer> Patch(string json) => Door.SendAsync(HttpMethod.Patch, "streams/queue:q", MeshDoor.Content(System.Text.Encoding.UTF8.GetBytes(json), "application/json"));
    }

    [Fact]
    public async Task A_stream_that_must_be_new_is_left_as_it_is_when_it_is_not()
    {
        await Door.PutAsync("streams/ring:r", """{"retentionCount":5}""");
        var again = await Door.SendAsync(HttpMethod.Put, "streams/ring:r", MeshDoor.Content("{}"u8.ToArray(), "application/json"), ("If-None-Match", "*"));
        again.ExpectProblem(412, "exists", "If-None-Match");
        Assert.Equal(5, (await Door.GetAsync("streams/ring:r")).Json.GetProperty("options").GetProperty("retentionCount").GetInt32());
    }

    [Fact]
    public async Task What_a_stream_keeps_takes_effect()
    {
        await Door.PutAsync("streams/ring:r", """{"retentionCount":2}""");
        for (var i = 0; i < 5; i++) (await Door.PostAsync("streams/ring:r/records", $"{i}")).Expect(201);
        Assert.Equal([4, 5], (await Door.GetAsync("streams/ring:r/records")).Sequences);
        var shown = await Door.GetAsync("streams/ring:r");
        Assert.Equal((4, 5, 2), (Long(shown, "lowWatermark"), Long(shown, "highWatermark"), Long(shown, "records")));
    }

    [Theory]
    [InlineData("streams/nothing", "invalid-address", "no colon")]
    [InlineData("streams/rings:55", "invalid-address", "channel, queue, ring, topic, partition or room")]
    [InlineData("streams/channel:a%2Fb", "invalid-request", "name channel:a instead")]
    [InlineData("streams/topic:cpu", "invalid-request", "name partition:events instead")]
    public async Task Only_the_address_of_a_stream_makes_one(string path, string type, string says) => (await Door.PutAsync(path)).ExpectProblem(400, type, says);

    [Theory]
    [InlineData("""{"retention":5}""", "There is no option retention; there are retentionAgeSeconds")]
    [InlineData("""{"retentionCount":0}""", "1 to 9223372036854775807, or null; it is 0")]
    [InlineData("""{"retentionAgeSeconds":"1h"}""", "it is \"1h\"")]
    [InlineData("""{"dedupeWindowSeconds":604801}""", "1 to 604800 seconds")]
    [InlineData("""{"priorities":true}""", "for streams of the kind Queue; this is a Ring")]
    [InlineData("""{"expiresAt":"soon"}""", "a time such as")]
    [InlineData("[]", "an object of options")]
    [InlineData("{", "not JSON")]
    public async Task Options_that_are_none_are_refused_with_what_would_be_right(string json, string says)
    {
        (await Door.PutAsync("streams/ring:r", json)).ExpectProblem(400, "invalid-request", says);
        (await Door.GetAsync("streams/ring:r")).Expect(404);
    }

    [Fact]
    public async Task Streams_are_listed_by_kind_and_name_page_by_page()
    {
        var all = new[] { "channel:a", "queue:a", "queue:b", "ring:a", "ring:b", "ring:c", "partition:p" };
        foreach (var address in all) await Door.PutAsync($"streams/{address}");
        Assert.Equal(all, Addresses(await Door.GetAsync("streams")));
        Assert.Equal(["ring:a", "ring:b", "ring:c"], Addresses(await Door.GetAsync("streams?kind=ring")));
        var seen = new List<string?>();
        for (var path = "streams?limit=2"; ;)
        {
            var page = await Door.GetAsync(path);
            seen.AddRange(Addresses(page));
            if (!page.Json.TryGetProperty("next", out var next)) break;
            path = $"streams?limit=2&after={Uri.EscapeDataString(next.GetString()!)}";
        }

        Assert.Equal(all, seen);
        (await Door.GetAsync("streams?kind=rings")).ExpectProblem(400, "invalid-request", "it is 'rings'");
        (await Door.GetAsync("streams?limit=0")).ExpectProblem(400, "invalid-request", "1 to 1000; it is '0'");
    }

    [Fact]
    public async Task Nothing_is_answered_with_what_there_is()
    {
        (await Door.GetAsync("streems")).ExpectProblem(404, "not-found", "/openapi/v1.json");
        (await Door.GetAsync("streams/channel:acct/agent7/records")).ExpectProblem(404, "not-found", "%2F");
        var wrong = await Door.SendAsync(HttpMethod.Post, "streams", null);
        wrong.ExpectProblem(405, "method-not-allowed", "allowed are GET");
    }

    private static long Long(MeshAnswer answer, string name) => answer.Json.GetProperty(name).GetInt64();

    private static IEnumerable<string?> Addresses(MeshAnswer answer) => answer.Expect(200).Json.GetProperty("streams").EnumerateArray().Select(each => each.GetProperty("address").GetString());
}
