using System.Text.Json;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>What users keep with a queue, and the keys that mean something (Zaqar specification, sections 1.7 and 1.9).</summary>
public abstract class QueueMetadataContract(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    private const string Defaults =
        """
        "_max_messages_post_size":262144,"_default_message_ttl":3600,"_default_message_delay":0,"_dead_letter_queue":null,"_dead_letter_queue_messages_ttl":null,"_max_claim_count":null,"_enable_encrypt_messages":false
        """;

    protected ZaqarCaller Client => Door.Client;

    [ContractFact]
    public async Task Metadata_is_shown_after_the_reserved_keys_as_it_was_written()
    {
        Assert.Equal(201, (await Client.PutAsync("/v2/queues/q", """{"queue": "Has Metadata", "é":{"a":[1, 1.50]} }""")).Status);
        Assert.Equal($$$"""{{{{Defaults}}},"queue":"Has Metadata","é":{"a":[1, 1.50]}}""", (await Client.GetAsync("/v2/queues/q")).Body);
        Assert.Equal($$"""{{{Defaults}}}""", (await Client.GetAsync("/v2/queues/missing")).Body);
    }

    [ContractFact]
    public async Task A_second_put_leaves_metadata_as_it_is()
    {
        await Client.PutAsync("/v2/queues/q", """{"a":1}""");
        Assert.Equal(204, (await Client.PutAsync("/v2/queues/q", """{"a":2}""")).Status);
        Assert.Equal(1, (await MetadataAsync("q")).GetProperty("a").GetInt32());
    }

    [ContractTheory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData(".")]
    [InlineData("   ")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{} {}")]
    [InlineData("""{"a":9223372036854775808}""")]
    public async Task What_is_no_json_object_is_refused(string body)
    {
        Assert.Equal("Invalid request body", (await Client.PutAsync("/v2/queues/q", body)).Error(400));
        Assert.Empty((await Client.GetAsync("/v2/queues")).QueueNames());
    }

    [ContractFact]
    public async Task Metadata_has_a_largest_size()
    {
        var largest = $$"""{"a":"{{new string('x', 65536 - 8)}}"}""";
        Assert.Equal(201, (await Client.PutAsync("/v2/queues/q", largest)).Status);
        Assert.Equal(400, (await Client.PutAsync("/v2/queues/r", largest + " ")).Status);
        Assert.Equal(400, (await Client.PutAsync("/v2/queues/r", $$"""{"a":"{{new string('x', 100 * 65536)}}"}""")).Status);
    }

    [ContractTheory]
    [InlineData("_default_message_ttl", "59")]
    [InlineData("_default_message_ttl", "1209601")]
    [InlineData("_default_message_ttl", "\"60\"")]
    [InlineData("_default_message_ttl", "60.5")]
    [InlineData("_max_messages_post_size", "0")]
    [InlineData("_max_messages_post_size", "262145")]
    [InlineData("_max_claim_count", "\"3\"")]
    [InlineData("_dead_letter_queue_messages_ttl", "59")]
    [InlineData("_default_message_delay", "-1")]
    [InlineData("_default_message_delay", "901")]
    [InlineData("_enable_encrypt_messages", "1")]
    [InlineData("_retry_policy", "[]")]
    [InlineData("_dead_letter_queue", "7")]
    [InlineData("_dead_letter_queue", "\"q\"")]
    public async Task A_reserved_key_takes_only_what_it_means(string key, string value)
    {
        Assert.Equal("Invalid API request", (await Client.PutAsync("/v2/queues/q", $$"""{"{{key}}":{{value}}}""")).Error(400));
        await Client.PutAsync("/v2/queues/q");
        Assert.Equal("Invalid API request", (await Client.PatchQueueAsync("q", $$"""[{"op":"add","path":"/metadata/{{key}}","value":{{value}}}]""")).Error(400));
    }

    [ContractFact]
    public async Task Keys_are_added_replaced_and_removed()
    {
        await Client.PutAsync("/v2/queues/q", """{"a":1}""");
        var added = await Client.PatchQueueAsync("q", """[{"op":"add","path":"/metadata/b","value":2},{"op":"add","path":"/METADATA/c~1~0","value":[3]}]""");
        Assert.Equal($$$"""{{{{Defaults}}},"a":1,"b":2,"c/~":[3]}""", added.Body);
        Assert.Equal(200, (await Client.PatchQueueAsync("q", """[{"op":"replace","path":"/metadata/a","value":5}]""")).Status);
        Assert.Equal(200, (await Client.PatchQueueAsync("q", """[{"op":"remove","path":"/metadata/b"}]""")).Status);
        Assert.Equal($$$"""{{{{Defaults}}},"a":5,"c/~":[3]}""", (await Client.GetAsync("/v2/queues/q")).Body);
        Assert.Equal("Resource conflict", (await Client.PatchQueueAsync("q", """[{"op":"replace","path":"/metadata/x","value":5}]""")).Error(409));
        Assert.Equal("Resource conflict", (await Client.PatchQueueAsync("q", """[{"op":"add","path":"/metadata/y","value":5},{"op":"remove","path":"/metadata/x"}]""")).Error(409));
        Assert.Equal($$$"""{{{{Defaults}}},"a":5,"c/~":[3]}""", (await Client.GetAsync("/v2/queues/q")).Body);
    }

    [ContractFact]
    public async Task A_reserved_key_that_is_removed_has_its_default_again()
    {
        await Client.PutAsync("/v2/queues/q");
        Assert.Equal(200, (await Client.PatchQueueAsync("q", """[{"op":"remove","path":"/metadata/_default_message_ttl"}]""")).Status);
        Assert.Equal(200, (await Client.PatchQueueAsync("q", """[{"op":"replace","path":"/metadata/_default_message_ttl","value":300}]""")).Status);
        Assert.Equal(300, (await MetadataAsync("q")).GetProperty("_default_message_ttl").GetInt32());
        await Client.PostMessagesAsync("q", """{"body":1}""");
        Assert.Equal(200, (await Client.PatchQueueAsync("q", """[{"op":"remove","path":"/metadata/_default_message_ttl"}]""")).Status);
        Assert.Equal(3600, (await MetadataAsync("q")).GetProperty("_default_message_ttl").GetInt32());
        await Client.PostMessagesAsync("q", """{"body":2}""");
        Assert.Equal([300, 3600], (await Client.GetAsync("/v2/queues/q/messages?echo=true")).Messages().Select(each => each.GetProperty("ttl").GetInt32()));
    }

    [ContractTheory]
    [InlineData("""[{"op":"copy","path":"/metadata/a","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/metadata/a"}]""")]
    [InlineData("""[{"op":"add","value":1}]""")]
    [InlineData("""[{"path":"/metadata/a","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/metadata","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/metadata/a/b","value":1}]""")]
    [InlineData("""[{"op":"add","path":"metadata/a","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/metadata/a~2","value":1}]""")]
    [InlineData("[1]")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task What_is_no_list_of_changes_is_refused(string body)
    {
        await Client.PutAsync("/v2/queues/q");
        Assert.Equal("Invalid request body", (await Client.PatchQueueAsync("q", body)).Error(400));
    }

    [ContractFact]
    public async Task A_change_has_a_media_type_of_its_own()
    {
        await Client.PutAsync("/v2/queues/q");
        var refused = await Client.PatchAsync("/v2/queues/q", """[{"op":"add","path":"/metadata/a","value":1}]""");
        Assert.StartsWith("Accepted media type for PATCH: ", refused.Error(415), StringComparison.Ordinal);
    }

    private async Task<JsonElement> MetadataAsync(string queue) => (await Client.GetAsync($"/v2/queues/{queue}")).Json();
}
