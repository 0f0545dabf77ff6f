using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>Records posted and read by address.</summary>
public abstract class RecordContract(Func<Task<MeshDoor>> open) : DoorContract<MeshDoor>(open)
{
    [Fact]
    public async Task A_record_comes_back_with_all_that_was_said_of_it()
    {
        var posted = (await Door.PostAsync(
            "streams/queue:jobs/records", """{ "a" : 1 }""", "application/json",
            ("Mesh-Key", "k%20%C3%A9"), ("Mesh-Producer", "me"), ("Mesh-Tag-Colour", "red"), ("Mesh-Ttl-Seconds", "60.5"), ("Mesh-Delay-Seconds", "0.000001"))).Expect(201);
        Assert.Equal("/mesh/v1/streams/queue%3Ajobs/records/1", posted.Headers["Location"]);
        Assert.StartsWith("""{"stream":"queue:jobs","first":1,"last":1,"count":1,"time":""", posted.Text, StringComparison.Ordinal);
        var read = (await Door.GetAsync("streams/queue:jobs/records")).Expect(200);
        Assert.Equal(
            """{"sequence":1,"time":"TIME","key":"k é","producer":"me","tags":{"colour":"red"},"ttlSeconds":60.5,"delaySeconds":0.000001,"contentType":"application/json","body":{ "a" : 1 }}"""
                .Replace("TIME", posted.Json.GetProperty("time").GetString(), StringComparison.Ordinal),
            Assert.Single(read.Records).GetRawText());
        Assert.EndsWith(""","next":2,"lowWatermark":1,"highWatermark":1}""", read.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_record_is_a_resource_with_its_type_and_headers()
    {
        await Door.PostAsync("streams/ring:r/records", "héllo", "text/plain; charset=utf-8", ("Mesh-Key", "k"), ("Mesh-Tag-x", "1"), ("Mesh-Id", "5-7"));
        var one = (await Door.GetAsync("streams/ring:r/records/1")).Expect(200);
        Assert.Equal(("héllo", "text/plain; charset=utf-8", "1", "5-7"), (one.Text, one.Headers["Content-Type"], one.Headers["Mesh-Sequence"], one.Headers["Mesh-Id"]));
        Assert.Equal(("k", "1"), (one.Headers["Mesh-Key"], one.Headers["Mesh-Tag-x"]));
        (await Door.GetAsync("streams/ring:r/records/2")).ExpectProblem(404, "not-found", "no record 2");
        (await Door.GetAsync("streams/ring:r/records/x")).ExpectProblem(400, "invalid-request", "this is 'x'");
    }

    [Fact]
    public async Task Many_records_are_posted_at_once_and_stand_next_to_one_another()
    {
        var posted = (await Door.PostManyAsync(
            "streams/ring:r/records",
            """{"records":[{"key":"a","body":{"n":1}},{"tags":{"x":"1","y":"é"},"contentType":"text/plain","body":"two"},{"bodyBase64":"AAEC"},{}]}""")).Expect(201);
        Assert.Equal((1, 4), (posted.Json.GetProperty("first").GetInt32(), posted.Json.GetProperty("last").GetInt32()));
        var read = await Door.GetAsync("streams/ring:r/records?from=1");
        Assert.Equal(["""{"n":1}""", "\"two\"", "\"AAEC\"", "\"\""], read.Bodies);
        await Door.PostManyAsync("streams/ring:ids/records", """{"records":[{"id":"8-1"},{"id":"9-0"}]}""");
        Assert.Equal(["8-1", "9-0"], (await Door.GetAsync("streams/ring:ids/records")).Records.Select(record => record.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Reads_begin_at_a_sequence_a_time_or_the_last_ones_and_go_on_at_next()
    {
        for (var i = 1; i <= 9; i++) await Door.PostAsync("streams/ring:r/records", $"{i}");
        var all = await Door.GetAsync("streams/ring:r/records");
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], all.Sequences);
        Assert.Equal([4, 5], (await Door.GetAsync("streams/ring:r/records?from=4&limit=2")).Sequences);
        Assert.Equal(6, (await Door.GetAsync("streams/ring:r/records?from=4&limit=2")).Json.GetProperty("next").GetInt64());
        var time = all.Records[6].GetProperty("time").GetString();
        Assert.Equal([7, 8, 9], (await Door.GetAsync($"streams/ring:r/records?time={time}")).Sequences);
        var last = await Door.GetAsync("streams/ring:r/records?last=3");
        Assert.Equal([7, 8, 9], last.Sequences);
        Assert.Equal(10, last.Json.GetProperty("next").GetInt64());
        Assert.Equal([9, 8], (await Door.GetAsync("streams/ring:r/records?order=desc&limit=2")).Sequences);
        Assert.Equal([3, 2, 1], (await Door.GetAsync("streams/ring:r/records?order=desc&from=3")).Sequences);
    }

    [Fact]
    public async Task Filters_take_a_pattern_of_keys_and_tags()
    {
        await Door.PostManyAsync(
            "streams/ring:r/records",
            """{"records":[{"key":"cpu.0","tags":{"host":"a"}},{"key":"cpu.1","tags":{"host":"b"}},{"key":"disk","tags":{"host":"a","x":"é"}},{}]}""");
        Assert.Equal([1, 2], (await Door.GetAsync("streams/ring:r/records?key=cpu.*")).Sequences);
        Assert.Equal([1, 3], (await Door.GetAsync("streams/ring:r/records?tag.host=a")).Sequences);
        Assert.Equal([3], (await Door.GetAsync("streams/ring:r/records?tag.host=a&tag.x=%C3%A9")).Sequences);
        Assert.Equal([4], (await Door.GetAsync("streams/ring:r/records?key=")).Sequences);
        Assert.Equal([3, 1], (await Door.GetAsync("streams/ring:r/records?tag.host=a&order=desc")).Sequences);
        Assert.Equal([3], (await Door.GetAsync("streams/ring:r/records?tag.host=a&last=1")).Sequences);
    }

    [Theory]
    [InlineData("channel:acct%2Fagent7", "channel:acct", "/agent7")]
    [InlineData("topic:metrics.cpu", "partition:events", "metrics.cpu")]
    public async Task A_view_takes_and_shows_the_records_of_its_key(string view, string stream, string key)
    {
        await Door.PostAsync($"streams/{stream}/records", "1", "application/json", ("Mesh-Key", key.StartsWith('/') ? "/other" : "other"));
        await Door.PostAsync($"streams/{view}/records", "2");
        await Door.PostAsync($"streams/{view}/records", "3", "application/json", ("Mesh-Key", key));
        Assert.Equal([2, 3], (await Door.GetAsync($"streams/{view}/records")).Sequences);
        Assert.Equal([1, 2, 3], (await Door.GetAsync($"streams/{stream}/records")).Sequences);
        (await Door.PostAsync($"streams/{view}/records", "4", "application/json", ("Mesh-Key", "/other"))).ExpectProblem(400, "invalid-request", $"'{key}'");
        Assert.Equal(key, (await Door.GetAsync($"streams/{view}")).Json.GetProperty("key").GetString());
        (await Door.GetAsync($"streams/{view}/records/1")).ExpectProblem(404, "not-found", "no record 1");
    }

    [Fact]
    public async Task A_post_under_a_key_is_made_once()
    {
        var first = (await Door.PostAsync("streams/ring:r/records", "1", "application/json", ("Idempotency-Key", "\"once\""))).Expect(201);
        var again = (await Door.PostAsync("streams/ring:r/records", "1", "application/json", ("Idempotency-Key", "once"))).Expect(200);
        Assert.Equal((1, true), (again.Json.GetProperty("first").GetInt32(), again.Json.GetProperty("duplicate").GetBoolean()));
        Assert.Equal(first.Headers["Location"], again.Headers["Location"]);
        Assert.Equal([1], (await Door.GetAsync("streams/ring:r/records")).Sequences);
        (await Door.PostAsync("streams/ring:r/records", "1", "application/json", ("Idempotency-Key", "a b"))).ExpectProblem(400, "invalid-request", "Idempotency-Key");
    }

    [Fact]
    public async Task A_read_waits_for_what_matches()
    {
        await Door.PostAsync("streams/ring:r/records", "1", "application/json", ("Mesh-Key", "wanted"));
        var waiting = Door.GetAsync("streams/ring:r/records?from=2&key=wanted&wait=60");
        for (var i = 0; i < 3; i++) await Door.PostAsync("streams/ring:r/records", "2", "application/json", ("Mesh-Key", "other"));
        await Door.PostAsync("streams/ring:r/records", "3", "application/json", ("Mesh-Key", "wanted"));
        Assert.Equal([5], (await waiting).Expect(200).Sequences);
        Assert.Empty((await Door.GetAsync("streams/ring:r/records?from=6&wait=1")).Expect(200).Records);
    }

    [Fact]
    public async Task What_does_not_exist_reads_as_empty()
    {
        var page = (await Door.GetAsync("streams/ring:none/records")).Expect(200);
        Assert.Equal("""{"records":[],"next":1,"lowWatermark":1,"highWatermark":0}""", page.Text);
        (await Door.GetAsync("streams/ring:none")).Expect(404);
    }

    [Theory]
    [InlineData("from=x", "from must be a whole number")]
    [InlineData("form=1", "form means nothing here")]
    [InlineData("from=1&last=2", "exclude each other")]
    [InlineData("limit=0", "1 to 10000")]
    [InlineData("wait=61", "0 to 60")]
    [InlineData("order=up", "asc or desc")]
    [InlineData("time=yesterday", "RFC 3339")]
    [InlineData("last=2&order=desc", "oldest first")]
    [InlineData("from=1&from=2", "2 times")]
    public async Task A_query_that_means_nothing_is_refused(string query, string says) =>
        (await Door.GetAsync($"streams/ring:r/records?{query}")).ExpectProblem(400, "invalid-request", says);

    [Theory]
    [InlineData("""{"records":[]}""", "1 to 10000 records; it has 0")]
    [InlineData("""[{"body":1}]""", "an object such as")]
    [InlineData("""{"records":[{"body":1},{"bodi":1}]}""", "records[1].bodi is unknown")]
    [InlineData("""{"records":[{"key":5}]}""", "records[0].key must be a string; it is a number")]
    [InlineData("""{"records":[{"tags":{"a":1}}]}""", "records[0].tags.a must be a string")]
    [InlineData("""{"records":[{"bodyBase64":"?"}]}""", "base64")]
    [InlineData("""{"records":[{"contentType":"image/png","body":"x"}]}""", "must be given as bodyBase64")]
    [InlineData("""{"records":[{"contentType":"text/plain","body":5}]}""", "must be a string; it is a number")]
    [InlineData("""{"records":[{"ttlSeconds":5}]}""", "for queues; this is a Ring")]
    [InlineData("""{"records":[{"id":"0-0"}]}""", "above 0-0")]
    [InlineData("""{"records":[{"id":"5-0"},{}]}""", "1 of 2 have")]
    [InlineData("""{"records":[{"body":1,"bodyBase64":""}]}""", "exclude each other")]
    [InlineData("""{"records":[{"contentType":"application/vnd.mesh.fields+resp","bodyBase64":"AAEC"}]}""", "RESP array")]
    public async Task Records_that_are_none_are_refused_and_none_of_them_is_stored(string json, string says)
    {
        (await Door.PostManyAsync("streams/ring:r/records", json)).ExpectProblem(400, "invalid-request", says);
        (await Door.GetAsync("streams/ring:r")).Expect(404);
    }

    [Theory]
    [InlineData("streams/ring:r/records", "{", "application/json", "", "not JSON")]
    [InlineData("streams/ring:r/records", "{}", "application/json", "Mesh-Kye: a", "known are Mesh-Key")]
    [InlineData("streams/channel:a/records", "{}", "application/json", "Mesh-Key: b", "a path such as /agent7")]
    [InlineData("streams/channel:a%2Fb c/records", "{}", "application/json", "", "percent-encoded")]
    [InlineData("streams/queue:q/records", "{}", "application/json", "Mesh-Ttl-Seconds: -1", "above 0")]
    [InlineData("streams/queue:q/records", "{}", "application/vnd.mesh.sealed", "", "encrypted")]
    [InlineData("streams/partition:p/records", "{}", "application/vnd.mesh.protobus+protobuf", "", "whose topic is the key")]
    public async Task A_record_that_other_doors_could_not_show_is_refused(string path, string body, string type, string header, string says)
    {
        (string, string)[] headers = header.Length == 0 ? [] : [(header.Split(": ")[0], header.Split(": ")[1])];
        (await Door.PostAsync(path, body, type, headers)).ExpectProblem(400, "invalid-request", says);
    }

    [Fact]
    public async Task An_id_must_be_greater_than_the_last()
    {
        await Door.PostAsync("streams/ring:r/records", "1", "application/json", ("Mesh-Id", "5-0"));
        (await Door.PostAsync("streams/ring:r/records", "1", "application/json", ("Mesh-Id", "5-0"))).ExpectProblem(409, "conflict", "not greater than 5-0");
    }

    [Fact]
    public async Task Bodies_of_any_bytes_come_back_as_they_were()
    {
        var bytes = Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7)).ToArray();
        (await Door.SendAsync(HttpMethod.Post, "streams/ring:r/records", MeshDoor.Content(bytes, "image/png"))).Expect(201);
        var read = Assert.Single((await Door.GetAsync("streams/ring:r/records")).Records);
        Assert.Equal(("image/png", true), (read.GetProperty("contentType").GetString(), bytes.SequenceEqual(read.GetProperty("bodyBase64").GetBytesFromBase64())));
        Assert.Equal(bytes, (await Door.GetAsync("streams/ring:r/records/1")).Bytes);
        (await Door.SendAsync(HttpMethod.Post, "streams/ring:r/records", MeshDoor.Content([], null))).Expect(201);
        Assert.Equal("application/octet-stream", (await Door.GetAsync("streams/ring:r/records")).Records[1].GetProperty("contentType").GetString());
    }
}
