using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>Appending through mesh.v1, one append at a time.</summary>
public abstract class AppendContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    [ContractTheory]
    [InlineData("ring:55")]
    [InlineData("queue:jobs")]
    [InlineData("channel:acct")]
    [InlineData("partition:events")]
    public async Task Records_stand_next_to_one_another_under_sequences_and_times_of_their_own(string stream)
    {
        var first = await Door.AppendAsync(stream, "a", "b");
        Assert.Equal((1, 2, false), (first.FirstSequence, first.Count, first.Duplicate));
        Assert.Equal(3, (await Door.AppendAsync(stream, "c")).FirstSequence);
        var read = await Door.ReadAsync(stream);
        Assert.Equal(["a", "b", "c"], read.Records.Bodies());
        Assert.Equal([1, 2, 3], read.Records.Select(record => record.Sequence));
        Assert.Equal(first.FirstTime, read.Records[0].Time);
        Assert.Equal((4, 1, 3), (read.Next, read.LowWatermark, read.HighWatermark));
    }

    [ContractFact]
    public async Task Everything_that_a_record_says_is_read_as_it_was_sent()
    {
        var sent = new V1.NewRecord
        {
            Body = ByteString.CopyFrom(0, 1, 255),
            Key = "/agent7",
            Tags = { ["k"] = "v", [""] = "empty name" },
            ContentType = "image/png",
            Producer = "me",
        };
        await Door.CallAsync("Append", new V1.AppendRequest { Stream = "channel:acct", Records = { sent } }, V1.AppendResponse.Parser);
        var record = Assert.Single((await Door.ReadAsync("channel:acct")).Records);
        Assert.Equal((sent.Body, sent.Key, sent.ContentType, sent.Producer), (record.Body, record.Key, record.ContentType, record.Producer));
        Assert.Equal(sent.Tags, record.Tags);
        Assert.Equal((null, ""), (record.ExpiresAt, record.Id));
    }

    [ContractFact]
    public async Task A_time_to_live_is_told_as_when_the_record_expires()
    {
        var sent = new V1.NewRecord { Ttl = Duration.FromTimeSpan(TimeSpan.FromHours(1)) };
        await Door.CallAsync("Append", new V1.AppendRequest { Stream = "queue:q", Records = { sent } }, V1.AppendResponse.Parser);
        var record = Assert.Single((await Door.ReadAsync("queue:q")).Records);
        Assert.Equal(record.Time.ToDateTime().AddHours(1), record.ExpiresAt.ToDateTime());
    }

    [ContractTheory]
    [InlineData("application/json")]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("text/plain")]
    [InlineData("")]
    public async Task A_content_type_comes_back_as_it_was_named(string type)
    {
        await Door.CallAsync("Append", new V1.AppendRequest { Stream = "ring:r", Records = { new V1.NewRecord { ContentType = type, Body = ByteString.CopyFromUtf8("{}") } } }, V1.AppendResponse.Parser);
        Assert.Equal(type, Assert.Single((await Door.ReadAsync("ring:r")).Records).ContentType);
    }

    [ContractFact]
    public async Task An_append_with_an_id_that_was_seen_gets_what_the_first_got()
    {
        var request = new V1.AppendRequest { Stream = "ring:r", Records = { MeshCalls.Record("a") }, DedupeId = ByteString.CopyFromUtf8("once") };
        var first = await Door.CallAsync("Append", request, V1.AppendResponse.Parser);
        var again = await Door.CallAsync("Append", request, V1.AppendResponse.Parser);
        Assert.Equal(new V1.AppendResponse { FirstSequence = first.FirstSequence, Count = 1, Duplicate = true }, again);
        Assert.Single((await Door.ReadAsync("ring:r")).Records);
    }

    [ContractFact]
    public async Task Rings_give_ids_or_take_those_that_records_carry()
    {
        var given = await Door.AppendAsync("ring:r", "a");
        Assert.Matches(@"^\d+-\d+$", given.FirstId);
        var id = $"{long.Parse(given.FirstId.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture) + 1_000_000}-7";
        var request = new V1.AppendRequest { Stream = "ring:r", Records = { new V1.NewRecord { Id = id } } };
        Assert.Equal(id, (await Door.CallAsync("Append", request, V1.AppendResponse.Parser)).FirstId);
        Assert.Equal([given.FirstId, id], (await Door.ReadAsync("ring:r")).Records.Select(record => record.Id));
        var refused = await Door.RefusedAsync("Append", request);
        Assert.Equal(9, refused.Code);
        Assert.Contains(id, refused.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_view_gives_its_records_their_key()
    {
        await Door.AppendAsync("channel:acct/agent7", "a");
        await Door.AppendAsync("channel:acct/agent8", "b");
        await Door.AppendAsync("topic:metrics.cpu", "c");
        Assert.Equal(["/agent7", "/agent8"], (await Door.ReadAsync("channel:acct")).Records.Select(record => record.Key));
        var view = await Door.ReadAsync("channel:acct/agent8");
        Assert.Equal(2, Assert.Single(view.Records).Sequence);
        Assert.Equal("metrics.cpu", Assert.Single((await Door.ReadAsync("partition:events")).Records).Key);
    }

    [ContractFact]
    public async Task A_stream_that_must_exist_is_not_made()
    {
        var refused = await Door.RefusedAsync("Append", new V1.AppendRequest { Stream = "ring:none", Records = { MeshCalls.Record("a") }, MustExist = true });
        Assert.Equal(5, refused.Code);
        Assert.Equal(0, (await Door.ReadAsync("ring:none")).HighWatermark);
    }

    public static TheoryData<string, object, string> Mistakes => new()
    {
        { "ring:r", new V1.AppendRequest(), "at least one record" },
        { "ring", new V1.AppendRequest { Records = { MeshCalls.Record("a") } }, "no colon" },
        { "ring:r", new V1.AppendRequest { Records = { new V1.NewRecord { Id = "x" } } }, "milliseconds-number" },
        { "queue:q", new V1.AppendRequest { Records = { new V1.NewRecord { Id = "1-1" } } }, "Only records of rings" },
        { "ring:r", new V1.AppendRequest { Records = { new V1.NewRecord { Delay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) } } }, "Only records of queues" },
        { "ring:r", new V1.AppendRequest { Records = { new V1.NewRecord { Ttl = new Duration { Seconds = -1 } } } }, "0 to" },
        { "ring:r", new V1.AppendRequest { Records = { new V1.NewRecord { Ttl = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) } } }, "Only records of queues" },
        { "ring:r", new V1.AppendRequest { Records = { new V1.NewRecord { ContentType = "application/json", Body = ByteString.CopyFromUtf8("{") } } }, "not JSON" },
        { "ring:r", new V1.AppendRequest { Records = { new V1.NewRecord { ContentType = "text/plain; charset=utf-8", Body = ByteString.CopyFrom(0xFF) } } }, "not UTF-8" },
        { "channel:c", new V1.AppendRequest { Records = { new V1.NewRecord { Key = "x" } } }, "slash" },
        { "channel:c/x", new V1.AppendRequest { Records = { new V1.NewRecord { Key = "/y" } } }, "/y" },
        { "ring:r", new V1.AppendRequest { Records = { new V1.NewRecord { ContentType = "application/vnd.mesh.fields+resp" } } }, "cannot claim it" },
        { "ring:r", new V1.AppendRequest { Records = { MeshCalls.Record("a") }, DedupeId = ByteString.CopyFrom(new byte[257]) }, "257" },
        { "ring:r", new V1.AppendRequest { Records = { MeshCalls.Record("a") }, Project = "\u001fmesh" }, "U+001F" },
    };

    [ContractTheory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_named_and_nothing_is_stored(string stream, object request, string what)
    {
        var append = ((V1.AppendRequest)request).Clone();
        append.Stream = stream;
        var refused = await Door.RefusedAsync("Append", append);
        Assert.Equal(3, refused.Code);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        if (stream.Contains(':', StringComparison.Ordinal)) Assert.Equal(0, (await Door.ReadAsync(stream)).HighWatermark);
    }
}
