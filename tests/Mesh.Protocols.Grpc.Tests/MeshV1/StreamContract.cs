using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>Creating, showing, changing, listing and deleting streams through mesh.v1.</summary>
public abstract class StreamContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    [ContractFact]
    public async Task A_stream_is_made_with_its_options_and_shown_with_where_it_stands()
    {
        var options = new V1.StreamOptions
        {
            RetentionAge = Duration.FromTimeSpan(TimeSpan.FromHours(1)),
            RetentionCount = 10,
            RetentionBytes = 1_000_000,
            DedupeWindow = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)),
        };
        var request = new V1.CreateStreamRequest { Stream = "ring:55", Options = options, Metadata = ByteString.CopyFromUtf8("{}") };
        var made = await Door.CallAsync("CreateStream", request, V1.CreateStreamResponse.Parser);
        Assert.True(made.Created);
        Assert.Equal(("default", "ring:55", options, request.Metadata), (made.Info.Project, made.Info.Stream, made.Info.Options, made.Info.Metadata));
        Assert.False((await Door.CallAsync("CreateStream", request, V1.CreateStreamResponse.Parser)).Created);
        await Door.AppendAsync("ring:55", "a", "b");
        var shown = await DescribeAsync("ring:55");
        Assert.Equal((1, 2, 2), (shown.LowWatermark, shown.HighWatermark, shown.Length));
        Assert.Equal((await Door.ReadAsync("ring:55", 2)).Records[0].Time, shown.LastTime);
    }

    [ContractFact]
    public async Task A_queue_has_options_of_its_own_and_counts()
    {
        var options = new V1.StreamOptions
        {
            DedupeWindow = Duration.FromTimeSpan(TimeSpan.FromMinutes(2)),
            Priorities = true,
            DeliveryCountMax = 3,
            DeadLetterQueue = "dead",
            DeadLetterTtl = Duration.FromTimeSpan(TimeSpan.FromDays(1)),
        };
        await Door.CallAsync("CreateStream", new V1.CreateStreamRequest { Stream = "queue:jobs", Options = options }, V1.CreateStreamResponse.Parser);
        await Door.AppendAsync("queue:jobs", "a");
        var shown = await DescribeAsync("queue:jobs");
        Assert.Equal(options, shown.Options);
        Assert.Equal(new V1.QueueInfo { Free = 1 }, shown.Queue);
    }

    [ContractFact]
    public async Task Options_are_replaced_whole_and_metadata_only_when_it_is_given()
    {
        var made = new V1.CreateStreamRequest { Stream = "ring:r", Options = new V1.StreamOptions { RetentionCount = 5 }, Metadata = ByteString.CopyFromUtf8("kept") };
        await Door.CallAsync("CreateStream", made, V1.CreateStreamResponse.Parser);
        await Door.AppendAsync("ring:r", "1", "2", "3");
        var update = new V1.UpdateStreamRequest { Stream = "ring:r", Options = new V1.StreamOptions { RetentionCount = 1 } };
        var shown = await Door.CallAsync("UpdateStream", update, V1.StreamInfo.Parser);
        Assert.Equal((1, "kept", 3), (shown.Options.RetentionCount, shown.Metadata.ToStringUtf8(), shown.LowWatermark));
        shown = await Door.CallAsync("UpdateStream", new V1.UpdateStreamRequest { Stream = "ring:r", Metadata = ByteString.Empty }, V1.StreamInfo.Parser);
        Assert.Equal((1, 0), (shown.Options.RetentionCount, shown.Metadata.Length));
    }

    [ContractFact]
    public async Task Streams_are_listed_page_by_page_by_kind_and_name()
    {
        foreach (var stream in new[] { "ring:b", "queue:q", "ring:a", "channel:c" }) await Door.AppendAsync(stream, "x");
        Assert.Equal(["channel:c", "queue:q", "ring:a", "ring:b"], await ListAsync("", 1));
        Assert.Equal(["channel:c", "queue:q", "ring:a", "ring:b"], await ListAsync("", 3));
        Assert.Equal(["ring:a", "ring:b"], await ListAsync("ring", 2));
    }

    [ContractFact]
    public async Task Projects_do_not_know_of_one_another()
    {
        await Door.CallAsync("CreateStream", new V1.CreateStreamRequest { Project = "other", Stream = "ring:r" }, V1.CreateStreamResponse.Parser);
        Assert.Equal(5, (await Door.RefusedAsync("DescribeStream", new V1.DescribeStreamRequest { Stream = "ring:r" })).Code);
        Assert.True((await Door.CallAsync("DeleteStream", new V1.DeleteStreamRequest { Project = "other", Stream = "ring:r" }, V1.DeleteStreamResponse.Parser)).Deleted);
    }

    [ContractFact]
    public async Task A_stream_that_was_deleted_is_gone_and_one_made_later_is_another()
    {
        await Door.AppendAsync("ring:r", "a");
        var delete = new V1.DeleteStreamRequest { Stream = "ring:r" };
        Assert.True((await Door.CallAsync("DeleteStream", delete, V1.DeleteStreamResponse.Parser)).Deleted);
        Assert.False((await Door.CallAsync("DeleteStream", delete, V1.DeleteStreamResponse.Parser)).Deleted);
        Assert.Equal(5, (await Door.RefusedAsync("DescribeStream", new V1.DescribeStreamRequest { Stream = "ring:r" })).Code);
        Assert.Equal(5, (await Door.RefusedAsync("UpdateStream", new V1.UpdateStreamRequest { Stream = "ring:r" })).Code);
        Assert.Equal(1, (await Door.AppendAsync("ring:r", "b")).FirstSequence);
    }

    public static TheoryData<string, object, string> Mistakes => new()
    {
        { "ring:r", new V1.StreamOptions { RetentionAge = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(999)) }, "retention_age" },
        { "ring:r", new V1.StreamOptions { RetentionCount = 0 }, "retention_count" },
        { "ring:r", new V1.StreamOptions { RetentionBytes = -1 }, "retention_bytes" },
        { "ring:r", new V1.StreamOptions { DedupeWindow = Duration.FromTimeSpan(TimeSpan.FromDays(8)) }, "dedupe_window" },
        { "ring:r", new V1.StreamOptions { DedupeWindow = new Duration { Seconds = long.MaxValue } }, "dedupe_window" },
        { "ring:r", new V1.StreamOptions { Priorities = true }, "priorities" },
        { "queue:q", new V1.StreamOptions { DeadLetterQueue = "d" }, "delivery_count_max" },
        { "queue:q", new V1.StreamOptions { ExpiresAt = Timestamp.FromDateTime(DateTime.UtcNow) }, "Only rings" },
        { "channel:acct/agent7", new V1.StreamOptions(), "channel:acct" },
        { "topic:x", new V1.StreamOptions(), "partition:events" },
    };

    [ContractTheory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_named_and_nothing_is_made(string stream, object options, string what)
    {
        var refused = await Door.RefusedAsync("CreateStream", new V1.CreateStreamRequest { Stream = stream, Options = (V1.StreamOptions)options });
        Assert.Equal(3, refused.Code);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await ListAsync("", 100));
    }

    private Task<V1.StreamInfo> DescribeAsync(string stream) =>
        Door.CallAsync("DescribeStream", new V1.DescribeStreamRequest { Stream = stream }, V1.StreamInfo.Parser);

    private async Task<List<string>> ListAsync(string kind, int limit)
    {
        var names = new List<string>();
        var request = new V1.ListStreamsRequest { Kind = kind, Limit = limit };
        do
        {
            var page = await Door.CallAsync("ListStreams", request, V1.ListStreamsResponse.Parser);
            names.AddRange(page.Streams.Select(stream => stream.Stream));
            request.After = page.Next;
        }
        while (request.After.Length > 0);
        return names;
    }
}
