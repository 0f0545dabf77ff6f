using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>Reading pages through mesh.v1.</summary>
public abstract class ReadContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    private static readonly string[] Bodies = ["a", "b", "c", "d", "e"];

    [ContractFact]
    public async Task A_page_begins_where_it_was_asked_for_and_says_where_to_go_on()
    {
        await Door.AppendAsync("ring:55", Bodies);
        var page = await Door.ReadAsync(new V1.ReadRequest { Stream = "ring:55", From = 2, Limit = 2 });
        Assert.Equal(["b", "c"], page.Records.Bodies());
        Assert.Equal(4, page.Next);
        Assert.Equal(["d", "e"], (await Door.ReadAsync("ring:55", page.Next)).Records.Bodies());
    }

    [ContractFact]
    public async Task A_time_is_a_cursor_too()
    {
        await Door.AppendAsync("ring:55", Bodies);
        var all = await Door.ReadAsync("ring:55");
        var page = await Door.ReadAsync(new V1.ReadRequest { Stream = "ring:55", FromTime = all.Records[3].Time });
        Assert.Equal(["d", "e"], page.Records.Bodies());
        Assert.Empty((await Door.ReadAsync(new V1.ReadRequest { Stream = "ring:55", FromTime = Timestamp.FromDateTime(DateTime.UtcNow.AddHours(1)) })).Records);
    }

    [ContractFact]
    public async Task The_last_records_come_in_order()
    {
        await Door.AppendAsync("ring:55", "a", "b");
        await Door.AppendAsync("ring:55", "c");
        var page = await Door.ReadAsync(new V1.ReadRequest { Stream = "ring:55", Last = 2 });
        Assert.Equal(["b", "c"], page.Records.Bodies());
        Assert.Equal(4, page.Next);
        Assert.Equal(3, (await Door.ReadAsync(new V1.ReadRequest { Stream = "ring:55", Last = 10_000 })).Records.Count);
    }

    [ContractFact]
    public async Task A_filter_matches_keys_and_tags_together()
    {
        await AppendAsync(("/a", "red"), ("/b", "red"), ("/a", "blue"), ("/ab", "red"));
        var request = new V1.ReadRequest { Stream = "channel:acct", Filter = new V1.Filter { KeyPattern = "/a*", Tags = { ["color"] = "red" } } };
        var page = await Door.ReadAsync(request);
        Assert.Equal([1, 4], page.Records.Select(record => record.Sequence));
        Assert.Equal(5, page.Next);
        request.Limit = 1;
        page = await Door.ReadAsync(request);
        Assert.Equal([1], page.Records.Select(record => record.Sequence));
        request.From = page.Next;
        Assert.Equal([4], (await Door.ReadAsync(request)).Records.Select(record => record.Sequence));
        Assert.Equal([4], (await Door.ReadAsync(new V1.ReadRequest { Stream = "channel:acct", Last = 1, Filter = request.Filter })).Records.Select(record => record.Sequence));
    }

    [ContractFact]
    public async Task A_stream_that_does_not_exist_reads_as_empty()
    {
        var page = await Door.ReadAsync("ring:none");
        Assert.Equal((0, 1, 1, 0), (page.Records.Count, page.Next, page.LowWatermark, page.HighWatermark));
    }

    [ContractFact]
    public async Task A_page_of_large_records_ends_early_and_goes_on_where_it_ended()
    {
        var large = new string('x', 300_000);
        for (var i = 0; i < 8; i++) await Door.AppendAsync("ring:55", large);
        var seen = new List<long>();
        for (long next = 1; seen.Count < 8;)
        {
            var page = await Door.ReadAsync("ring:55", next);
            Assert.InRange(page.CalculateSize(), 300_000, 1_400_000);
            seen.AddRange(page.Records.Select(record => record.Sequence));
            next = page.Next;
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], seen);
    }

    public static TheoryData<object, string> Mistakes => new()
    {
        { new V1.ReadRequest { Stream = "ring:55", From = -1 }, "-1" },
        { new V1.ReadRequest { Stream = "ring:55", Limit = 10_001 }, "10001" },
        { new V1.ReadRequest { Stream = "ring:55", Last = 0 }, "last must be 1" },
        { new V1.ReadRequest { Stream = "ring:55", FromTime = new Timestamp { Nanos = -1 } }, "-1 ns" },
        { new V1.ReadRequest { Stream = "hats:55" }, "hats" },
        { new V1.ReadRequest { Stream = "ring:55", Filter = new V1.Filter { KeyPattern = new string('x', 1025) } }, "1025" },
    };

    [ContractTheory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_named(object request, string what)
    {
        var refused = await Door.RefusedAsync("Read", (V1.ReadRequest)request);
        Assert.Equal(3, refused.Code);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    private Task AppendAsync(params (string Key, string Color)[] records) => Door.CallAsync(
        "Append",
        new V1.AppendRequest { Stream = "channel:acct", Records = { records.Select(each => new V1.NewRecord { Key = each.Key, Tags = { ["color"] = each.Color } }) } },
        V1.AppendResponse.Parser);
}
