using System.Text.Json;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Cases 4, 5, 8, 9, 11 to 17, and 51.</summary>
public abstract class QueueCases(Func<Task<ZaqarDoor>> open) : ConformanceCase(open)
{
    private const int MetadataBytesMax = 65536;

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_queue_is_created_once(string version)
    {
        foreach (var name in new[] { "qtestqueue", "TESTqueue", "hyphen-name", "_undersore", new string('i', 64) })
        {
            var made = await In(version).PutAsync(name);
            Assert.Equal((201, $"/{version}/queues/{name}"), (made.Status, made.Location));
            Assert.Equal(204, (await In(version).PutAsync(name)).Status);
        }
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_name_of_other_characters_or_too_long_is_refused(string version)
    {
        foreach (var name in new[] { "%E6%9F%A5%E8%A9%A2", "@$@^qw", new string('i', 65) })
        {
            Assert.Equal("Invalid queue identification", (await In(version).PutAsync(name)).Error(400));
            Assert.Equal("Invalid queue identification", (await In(version).DeleteAsync(name)).Error(400));
        }
    }

    [ContractTheory]
    [MemberData(nameof(LaterVersions))]
    public async Task Metadata_is_read_as_it_was_set_with_the_reserved_keys_of_the_second_version(string version)
    {
        Assert.Equal(201, (await In(version).PutAsync("q", """{"queue":"Has Metadata"}""")).Status);
        var metadata = (await In(version).GetAsync("q")).Json();
        Assert.Equal("Has Metadata", metadata.GetProperty("queue").GetString());
        Assert.Equal(version == "v2" ? 8 : 1, metadata.EnumerateObject().Count());
        Assert.Equal(version == "v2" ? 7 : 0, metadata.EnumerateObject().Count(each => each.Name.StartsWith('_')));
    }

    [ContractTheory]
    [MemberData(nameof(LaterVersions))]
    public async Task Metadata_that_is_no_object_or_too_large_is_refused(string version)
    {
        foreach (var body in new[] { "{", "[]", ".", "  " }) Assert.Equal(400, (await In(version).PutAsync("q", body)).Status);
        Assert.Equal(400, (await In(version).PutAsync("q", Metadata(MetadataBytesMax + 1))).Status);
        Assert.Equal(400, (await In(version).PutAsync("q", Metadata(MetadataBytesMax * 100))).Status);
        Assert.Equal(201, (await In(version).PutAsync("q", Metadata(MetadataBytesMax))).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_list_takes_limits_from_1_to_20_and_any_marker(string version)
    {
        foreach (var limit in new[] { 0, -1, 1001, 21 }) Assert.Equal(400, (await In(version).GetAsync($"?limit={limit}")).Status);
        In(version).AssertEmpty(await In(version).GetAsync("?marker=zzz"), "queues");
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Queues_of_one_project_are_listed_page_after_page(string version)
    {
        await Another(version, "1").PutAsync("a");
        foreach (var name in new[] { "a", "b", "c" }) await In(version).PutAsync(name);
        Assert.Equal(["a", "b"], (await In(version).GetAsync("?limit=2")).QueueNames());
        var all = await In(version).GetAsync("");
        Assert.Equal(["a", "b", "c"], all.QueueNames());
        In(version).AssertEmpty(await In(version).GetAsync(all.Next()!), "queues");
        Assert.Equal(["a", "b", "c"], (await In(version).PagesAsync("?limit=2", "queues")).SelectMany(page => page.QueueNames()));
    }

    [ContractFact]
    public async Task A_detailed_list_shows_the_metadata_that_each_queue_shows()
    {
        await In("v2").PutAsync("a", """{"node":1}""");
        await In("v2").PutAsync("b", """{"_default_message_ttl":300}""");
        var queues = (await In("v2").GetAsync("?detailed=true")).Json().GetProperty("queues").EnumerateArray().ToArray();
        Assert.Equal(2, queues.Length);
        foreach (var queue in queues)
            Assert.Equal((await In("v2").GetAsync(queue.GetProperty("href").GetString()!)).Body, queue.GetProperty("metadata").GetRawText());
    }

    [ContractFact]
    public async Task Queues_are_filtered_and_counted()
    {
        await In("v2").PutAsync("q1", """{"test_metadata_key2":10,"_max_messages_post_size":2000}""");
        await In("v2").PutAsync("q2", """{"test_metadata_key2":30}""");
        await In("v2").PutAsync("other", """{"test_metadata_key2":30}""");
        Assert.Empty((await In("v2").GetAsync("?node=34")).QueueNames());
        Assert.Equal(["q2"], (await In("v2").GetAsync("?name=q&test_metadata_key2=30")).QueueNames());
        Assert.Equal(["q1"], (await In("v2").GetAsync("?_max_messages_post_size=2000")).QueueNames());
        Assert.Equal(3, (await In("v2").GetAsync("?with_count=true")).Json().GetProperty("count").GetInt32());
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Only_the_first_version_says_by_HEAD_whether_a_queue_is_there(string version)
    {
        await In(version).PutAsync("q");
        Assert.Equal(In(version).IsFirst ? 204 : 405, (await In(version).SendAsync("HEAD", "q")).Status);
        Assert.Equal(In(version).IsFirst ? 404 : 405, (await In(version).SendAsync("HEAD", "missing")).Status);
    }

    [ContractFact]
    public async Task In_the_first_version_a_missing_queue_is_missing()
    {
        Assert.Equal((404, ""), StatusAndBody(await In("v1").GetAsync("q")));
        Assert.Equal(404, (await In("v1").GetAsync("q/stats")).Status);
        Assert.Equal(404, (await In("v1").GetAsync("q/metadata")).Status);
        Assert.Equal((204, ""), StatusAndBody(await In("v1").GetAsync("q/messages")));
        Assert.Equal(404, (await In("v1").PostMessagesAsync("q", """{"ttl":60,"body":1}""")).Status);
        Assert.Equal((204, ""), StatusAndBody(await In("v1").ClaimAsync("q")));
        Assert.Equal(204, (await In("v1").DeleteAsync("q")).Status);
    }

    [ContractTheory]
    [MemberData(nameof(LaterVersions))]
    public async Task Later_a_missing_queue_is_an_empty_one_that_a_post_makes(string version)
    {
        var client = In(version);
        client.AssertEmpty(await client.GetAsync("q/messages"));
        Assert.Equal("""{"messages":{"claimed":0,"free":0,"total":0}}""", (await client.GetAsync("q/stats")).Body);
        Assert.Equal((204, ""), StatusAndBody(await client.ClaimAsync("q")));
        Assert.Equal(404, (await client.GetAsync("q/messages/1-1")).Status);
        Assert.Equal(404, (await client.GetAsync("q/claims/a")).Status);
        Assert.Equal(200, (await client.GetAsync("q")).Status);
        Assert.Equal(version == "v2" ? 404 : 405, (await client.SendAsync("PATCH", "q", """[{"op":"add","path":"/metadata/a","value":1}]""", ZaqarCaller.PatchType)).Status);
        client.AssertEmpty(await client.GetAsync(""), "queues");
        Assert.Equal(201, (await client.PostMessagesAsync("q", """{"body":1}""")).Status);
        Assert.Equal(["q"], (await client.GetAsync("")).QueueNames());
    }

    [ContractFact]
    public async Task In_the_first_version_metadata_is_a_resource_of_its_own()
    {
        var client = In("v1");
        Assert.Equal(404, (await client.PutAsync("q/metadata", "{}")).Status);
        await client.PutAsync("q", """{"the body":"of a queue means nothing"}""");
        Assert.Equal("{}", (await client.GetAsync("q/metadata")).Body);
        foreach (var metadata in new[] { "{}", """{"a":{"b":[1,null,{"c":true}]}}""", """{"ключ":"値"}""" })
        {
            var answer = await client.PutAsync("q/metadata", metadata);
            Assert.Equal((204, "/v1/queues/q/metadata"), (answer.Status, answer.Location));
            Assert.Equal(metadata, JsonSerializer.Serialize((await client.GetAsync("q/metadata")).Json(), Plain));
        }

        foreach (var metadata in new[] { "[]", "1", "\"x\"", "null", "{", """{"_x":1}""" }) Assert.Equal(400, (await client.PutAsync("q/metadata", metadata)).Status);
        foreach (var version in new[] { "v1.1", "v2" }) Assert.Equal(404, (await In(version).GetAsync("q/metadata")).Status);
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static (int Status, string Body) StatusAndBody(ZaqarAnswer answer) => (answer.Status, answer.Body);

    private static string Metadata(int bytes)
    {
        const string around = """{"k":""}""";
        return around.Replace("\"\"", $"\"{new string('x', bytes - around.Length)}\"", StringComparison.Ordinal);
    }
}
