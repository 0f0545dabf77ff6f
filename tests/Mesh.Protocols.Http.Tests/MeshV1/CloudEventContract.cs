using System.Text.Json;
using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>CloudEvents 1.0.2 over HTTP, in and out, in all three modes.</summary>
public abstract class CloudEventContract(Func<Task<MeshDoor>> open) : DoorContract<MeshDoor>(open)
{
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";
    private const string Path = "streams/ring:r/records";

    private static readonly (string, string)[] Required = [("ce-specversion", "1.0"), ("ce-id", "7"), ("ce-source", "/tests"), ("ce-type", "com.example.x")];

    [Fact]
    public async Task An_event_in_headers_reads_back_in_every_mode()
    {
        (await Door.PostAsync(Path, """{"a":1}""", "application/json", [.. Required, ("ce-subject", "Euro%20%E2%82%AC"), ("ce-time", "2030-01-31T12:00:00Z"), ("ce-flagged", "true"), ("ce-partitionkey", "p")])).Expect(201);
        var binary = (await Door.GetAsync($"{Path}/1?as=cloudevent")).Expect(200);
        Assert.Equal(("""{"a":1}""", "application/json", "1.0", "7", "/tests"), (binary.Text, binary.Headers["Content-Type"], binary.Headers["ce-specversion"], binary.Headers["ce-id"], binary.Headers["ce-source"]));
        Assert.Equal(("com.example.x", "Euro%20%E2%82%AC", "2030-01-31T12:00:00Z", "true", "p"), (binary.Headers["ce-type"], binary.Headers["ce-subject"], binary.Headers["ce-time"], binary.Headers["ce-flagged"], binary.Headers["ce-partitionkey"]));
        var structured = (await Door.GetAsync($"{Path}/1", ("Accept", Structured))).Expect(200);
        Assert.Equal(Structured, structured.Headers["Content-Type"]);
        Assert.Equal(
            """{"specversion":"1.0","id":"7","source":"/tests","type":"com.example.x","subject":"Euro €","time":"2030-01-31T12:00:00Z","flagged":"true","partitionkey":"p","meshsequence":"1","datacontenttype":"application/json","data":{"a":1}}""",
            Ordered(structured.Json));
        var batch = (await Door.GetAsync(Path, ("Accept", Batch))).Expect(200);
        Assert.Equal((Batch, "2", "1"), (batch.Headers["Content-Type"], batch.Headers["Mesh-Next"], batch.Headers["Mesh-High-Watermark"]));
        Assert.Equal(Ordered(structured.Json), Ordered(Assert.Single(batch.Json.EnumerateArray())));
        Assert.Equal("p", (await Door.GetAsync(Path)).Records[0].GetProperty("key").GetString());
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"x":[1, 2.50]}}""", "\"datacontenttype\":\"application/json\",\"data\":{\"x\":[1, 2.50]}")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"text/plain","data":"é"}""", "\"datacontenttype\":\"text/plain\",\"data\":\"é\"")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"application/json","data":"text"}""", "\"datacontenttype\":\"application/json\",\"data\":\"text\"")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"image/png","data_base64":"AAEC"}""", "\"datacontenttype\":\"image/png\",\"data_base64\":\"AAEC\"")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","n":5,"b":true,"subject":null}""", "\"n\":\"5\",\"b\":\"true\"")]
    public async Task An_event_in_json_reads_back_as_it_was(string sent, string says)
    {
        (await Door.PostAsync(Path, sent, Structured)).Expect(201);
        var read = (await Door.GetAsync($"{Path}/1", ("Accept", Structured))).Expect(200).Text;
        Assert.Contains(says, read, StringComparison.Ordinal);
        Assert.Equal(sent.Contains("data", StringComparison.Ordinal), read.Contains("\"data", StringComparison.Ordinal));
        (await Door.PostAsync("streams/ring:copy/records", read, Structured)).Expect(201);
        Assert.Equal(read, (await Door.GetAsync("streams/ring:copy/records/1", ("Accept", Structured))).Text);
    }

    [Fact]
    public async Task A_batch_is_stored_as_a_whole_or_not_at_all()
    {
        const string One = """{"specversion":"1.0","id":"1","source":"s","type":"t","data":1}""";
        (await Door.PostAsync(Path, $"[{One},{One.Replace("\"1\"", "\"2\"", StringComparison.Ordinal)}]", $"{Batch}; charset=utf-8")).Expect(201);
        Assert.Equal([1, 2], (await Door.GetAsync(Path)).Sequences);
        (await Door.PostAsync(Path, $$"""[{{One}},{"id":"3"}]""", Batch)).ExpectProblem(400, "invalid-request", "[1].specversion is missing");
        Assert.Equal([1, 2], (await Door.GetAsync(Path)).Sequences);
    }

    [Fact]
    public async Task Any_other_record_reads_as_an_event_too()
    {
        await Door.PostAsync("streams/topic:metrics.cpu/records", "hi", "text/plain");
        var read = (await Door.GetAsync("streams/topic:metrics.cpu/records/1", ("Accept", Structured))).Expect(200).Json;
        Assert.Equal(("1", "mesh.record", "metrics.cpu", "text/plain", "hi"), (Text("id"), Text("type"), Text("subject"), Text("datacontenttype"), Text("data")));
        Assert.Equal($"/mesh/v1/streams/partition%3Aevents?project={Door.Project}", Text("source"));
        Assert.True(DateTimeOffset.TryParse(Text("time"), out _));

        string? Text(string name) => read.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("ce-id", "", "ce-id is missing")]
    [InlineData("ce-specversion", "0.3", "must be 1.0")]
    [InlineData("ce-time", "soon", "RFC 3339")]
    [InlineData("ce-Not_A_Name", "x", "no name of an attribute")]
    public async Task An_event_that_is_none_is_refused(string name, string value, string says)
    {
        var headers = Required.Where(header => header.Item1 != name).Append((name, value)).Where(header => header.Item2.Length > 0).ToArray();
        (await Door.PostAsync(Path, "1", "application/json", headers)).ExpectProblem(400, "invalid-request", says);
    }

    /// <summary>The object, its attributes in the order in which these tests name them.</summary>
    private static string Ordered(JsonElement read)
    {
        string[] order = ["specversion", "id", "source", "type", "subject", "time", "flagged", "partitionkey", "meshsequence", "datacontenttype", "data"];
        return "{" + string.Join(',', read.EnumerateObject().OrderBy(member => Array.IndexOf(order, member.Name)).Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}")) + "}";
    }
}
