using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>Following streams through mesh.v1.</summary>
public abstract class TailContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    [ContractFact]
    public async Task A_tail_catches_up_and_goes_on_live_without_gap_or_double()
    {
        await Door.AppendAsync("ring:r", "1", "2", "3");
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = "ring:r", From = 2 });
        Assert.Equal(["2", "3"], await tail.BodiesAsync(2));
        for (var i = 4; i < 50; i++) await Door.AppendAsync("ring:r", $"{i}");
        Assert.Equal(Enumerable.Range(4, 46).Select(i => $"{i}"), await tail.BodiesAsync(46));
        Assert.Equal(50, tail.Next);
    }

    [ContractFact]
    public async Task Without_a_start_only_what_comes_later_is_sent()
    {
        await Door.AppendAsync("queue:q", "old");
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = "queue:q" });
        Assert.Equal(2, tail.Next);
        await Door.AppendAsync("queue:q", "new");
        Assert.Equal(["new"], await tail.BodiesAsync(1));
    }

    [ContractFact]
    public async Task A_stream_that_does_not_exist_yet_is_waited_for()
    {
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = "ring:later" });
        await Door.AppendAsync("ring:later", "a");
        Assert.Equal(["a"], await tail.BodiesAsync(1));
    }

    [ContractFact]
    public async Task A_room_that_keeps_nothing_is_not_followed_or_read_and_the_answer_says_what_would_be_right()
    {
        const string Room = "room:lobby-of-the-tail";
        foreach (var status in new[] { await Door.RefusedAsync("Tail", new V1.TailRequest { Stream = Room }), await Door.RefusedAsync("Read", new V1.ReadRequest { Stream = Room }) })
        {
            Assert.Equal(9, status.Code);
            Assert.Contains("CreateStream makes it keep them", status.Message, StringComparison.Ordinal);
        }

        await Door.CallAsync("CreateStream", new V1.CreateStreamRequest { Stream = Room }, V1.CreateStreamResponse.Parser);
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = Room });
        await Door.AppendAsync(Room, "a");
        Assert.Equal(["a"], await tail.BodiesAsync(1));
    }

    [ContractFact]
    public async Task The_last_records_come_first()
    {
        await Door.AppendAsync("ring:r", "1", "2", "3");
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = "ring:r", Last = 2 });
        Assert.Equal(["2", "3"], await tail.BodiesAsync(2));
    }

    [ContractFact]
    public async Task A_time_is_where_it_begins()
    {
        await Door.AppendAsync("ring:r", "1", "2", "3");
        var time = (await Door.ReadAsync("ring:r")).Records[1].Time;
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = "ring:r", FromTime = time });
        Assert.Equal(["2", "3"], await tail.BodiesAsync(2));
    }

    [ContractFact]
    public async Task A_view_is_followed_under_the_sequences_of_its_stream()
    {
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = "channel:acct/a" });
        await Door.AppendAsync("channel:acct/a", "1");
        await Door.AppendAsync("channel:acct/b", "2");
        await Door.AppendAsync("channel:acct/a", "3");
        Assert.Equal((1, "1"), Of(await tail.NextAsync()));
        Assert.Equal((3, "3"), Of(await tail.NextAsync()));
        Assert.Equal(4, tail.Next);
    }

    [ContractFact]
    public async Task A_reader_that_retention_overtook_is_told_how_much_it_missed()
    {
        var options = new V1.StreamOptions { RetentionCount = 2 };
        await Door.CallAsync("CreateStream", new V1.CreateStreamRequest { Stream = "ring:r", Options = options }, V1.CreateStreamResponse.Parser);
        await Door.AppendAsync("ring:r", "1", "2", "3", "4", "5");
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = "ring:r", From = 2 });
        Assert.Equal(["4", "5"], await tail.BodiesAsync(2));
        Assert.Equal(2, tail.Missed);
    }

    [ContractFact]
    public async Task A_large_backlog_comes_in_small_messages()
    {
        var body = new string('x', 10_000);
        for (var i = 0; i < 20; i++) await Door.AppendAsync("ring:r", [.. Enumerable.Repeat(body, 10)]);
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = "ring:r", From = 1 });
        for (var sequence = 1; sequence <= 200; sequence++) Assert.Equal((sequence, body), Of(await tail.NextAsync()));
    }

    private static (long, string) Of(V1.Record record) => (record.Sequence, record.Body.ToStringUtf8());
}
