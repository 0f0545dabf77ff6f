using System.Text;
using System.Text.Json;
using Mesh.Frames;
using Mesh.Protocols.Http.MeshV1.Records;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>How bodies show in JSON by their content type, and that posting what was shown stores the same bytes: the table of the README.</summary>
public sealed class BodyTableTests : IAsyncLifetime
{
    private MeshDoor _door = null!;

    /// <summary>Content type, body, how it shows.</summary>
    public static TheoryData<string, byte[], string> Table => new()
    {
        { "application/json", """{"b": [1.0, "é"]}"""u8.ToArray(), "\"body\":{\"b\": [1.0, \"é\"]}" },
        { "application/problem+json", "{}"u8.ToArray(), "\"body\":{}" },
        { "application/problem+json", "{"u8.ToArray(), "\"bodyBase64\":\"ew==\"" },
        { "text/plain; charset=utf-8", "say \"é\"\n"u8.ToArray(), "\"body\":\"say \\\"é\\\"\\n\"" },
        { "text/csv", "a,b"u8.ToArray(), "\"body\":\"a,b\"" },
        { "text/csv; charset=latin1", [0x61, 0xE9], "\"bodyBase64\":\"Yek=\"" },
        { "text/csv", [0x61, 0xE9], "\"bodyBase64\":\"Yek=\"" },
        { "application/vnd.mesh.fields+resp", "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$0\r\n\r\n"u8.ToArray(), "\"body\":{\"a\":\"1\",\"b\":\"\"}" },
        { "application/vnd.mesh.fields+resp", "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\na\r\n$1\r\n2\r\n"u8.ToArray(), "\"body\":[\"a\",\"1\",\"a\",\"2\"]" },
        { "application/vnd.mesh.fields+resp", [.. "*2\r\n$1\r\na\r\n$1\r\n"u8, 0xFF, 0x0D, 0x0A], "\"bodyBase64\":\"KjINCiQxDQphDQokMQ0K/w0K\"" },
        { "application/octet-stream", "abc"u8.ToArray(), "\"bodyBase64\":\"YWJj\"" },
        { "image/png", [0x89, 0x50], "\"bodyBase64\":\"iVA=\"" },
    };

    public async Task InitializeAsync() => _door = await MeshServer.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_body_shows_by_its_type_and_is_stored_again_as_it_was(string type, byte[] body, string shown)
    {
        (await _door.SendAsync(HttpMethod.Post, "streams/ring:a/records", MeshDoor.Content(body, type))).Expect(201);
        var record = Assert.Single((await _door.GetAsync("streams/ring:a/records")).Records).GetRawText();
        Assert.EndsWith($"\"contentType\":\"{type}\",{shown}}}", record, StringComparison.Ordinal);

        (await _door.PostManyAsync("streams/ring:b/records", $$"""{"records":[{"contentType":"{{type}}",{{shown}}}]}""")).Expect(201);
        var copy = (await _door.GetAsync("streams/ring:b/records/1")).Expect(200);
        Assert.Equal((type, Convert.ToHexString(body)), (copy.Headers["Content-Type"], Convert.ToHexString(copy.Bytes)));
    }

    [Fact]
    public void An_event_shows_with_the_tags_that_are_in_it()
    {
        // topic (1), a tag (2) of name (1) and value (2), payload size (6)
        byte[] encoded = [0x0A, 3, .. "cpu"u8, 0x12, 9, 0x0A, 4, .. "host"u8, 0x12, 1, (byte)'a', 0x30, 0];
        var json = Show(new RecordFields { Key = "cpu"u8, ContentType = ContentType.ProtobusEvent }, encoded);
        Assert.EndsWith(
            $$""""key":"cpu","tags":{},"contentType":"application/vnd.mesh.protobus+protobuf","eventTags":{"host":"a"},"bodyBase64":"{{Convert.ToBase64String(encoded)}}"}"""", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_and_tags_that_are_no_text_are_not_lost()
    {
        var twice = new TagsWriter();
        twice.Add("a"u8, "1"u8);
        twice.Add("a"u8, [0xFF]);
        var json = Show(new RecordFields { Key = [0xFF], Producer = [0xFE], Tags = twice.Written }, []);
        Assert.Contains("\"keyBase64\":\"/w==\",\"producerBase64\":\"/g==\",\"tagsBase64\":[[\"YQ==\",\"MQ==\"],[\"YQ==\",\"/w==\"]]", json, StringComparison.Ordinal);
    }

    private static string Show(in RecordFields fields, ReadOnlySpan<byte> body)
    {
        using var segment = new SegmentWriter();
        segment.Add(fields, body);
        var bytes = segment.Finish();
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, Http.MeshV1.V1Answers.Form))
            RecordJson.Write(json, new RecordView(Sequence.First, new RecordTime(1), RingId.None, bytes.Span[(FrameFormat.SegmentHeaderBytes + sizeof(uint))..]));
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
