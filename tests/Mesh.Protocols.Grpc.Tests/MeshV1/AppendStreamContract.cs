using Google.Protobuf;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>Appending through mesh.v1 without waiting.</summary>
public abstract class AppendStreamContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    [ContractFact]
    public async Task Each_record_is_acknowledged_in_order_with_its_sequence()
    {
        using var appending = await AppendingStream.OpenAsync(Door, "ring:r");
        var bodies = Enumerable.Range(1, 1000).Select(i => $"{i}").ToArray();
        foreach (var part in bodies.Chunk(7)) await appending.SendAsync(part);
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => ((long)i, (long)i)), await appending.AcksAsync(1000));
        Assert.Equal(0, (await appending.EndAsync()).Code);
        Assert.Equal(bodies, (await Door.ReadAsync("ring:r")).Records.Bodies());
    }

    [ContractFact]
    public async Task A_record_is_acknowledged_while_the_stream_is_still_open()
    {
        using var appending = await AppendingStream.OpenAsync(Door, "ring:r", firstNumber: 41);
        await appending.SendAsync("a");
        Assert.Equal([(41, 1)], await appending.AcksAsync(1));
        await appending.SendAsync("b");
        Assert.Equal([(42, 2)], await appending.AcksAsync(1));
    }

    [ContractFact]
    public async Task What_a_producer_sends_again_in_another_call_is_stored_once_and_told_where_it_stands()
    {
        using (var first = await AppendingStream.OpenAsync(Door, "ring:r", producer: 7))
        {
            await first.SendAsync("1", "2");
            await first.AcksAsync(2);
            await first.SendAsync("3");
            await first.AcksAsync(1);
        }

        using var second = await AppendingStream.OpenAsync(Door, "ring:r", producer: 7, firstNumber: 2);
        await second.SendAsync("2", "3", "4", "5");
        Assert.Equal([(2, 2), (3, 3), (4, 4), (5, 5)], await second.AcksAsync(4));
        Assert.Equal(["1", "2", "3", "4", "5"], (await Door.ReadAsync("ring:r")).Records.Bodies());
    }

    [ContractFact]
    public async Task Repeats_are_marked_and_other_producers_are_not_mistaken_for_them()
    {
        using var one = await AppendingStream.OpenAsync(Door, "queue:q", producer: 7);
        await one.SendAsync("a");
        await one.AcksAsync(1);
        using var other = await AppendingStream.OpenAsync(Door, "queue:q", producer: 8);
        await other.SendAsync("b");
        Assert.False((await other.NextAsync()).Duplicate);
        using var again = await AppendingStream.OpenAsync(Door, "queue:q", producer: 7);
        await again.SendAsync("a");
        var ack = await again.NextAsync();
        Assert.Equal(new V1.AppendStreamResponse { FirstNumber = 1, Count = 1, FirstSequence = 1, Duplicate = true }, ack);
    }

    [ContractFact]
    public async Task A_record_that_is_not_right_ends_the_call_and_those_before_it_are_stored()
    {
        using var appending = await AppendingStream.OpenAsync(Door, "ring:r");
        await appending.SendAsync("a", "b");
        await appending.Call.SendAsync(new V1.AppendStreamRequest { Records = { MeshCalls.Record("c"), new V1.NewRecord { Id = "x" }, MeshCalls.Record("d") } }.ToByteArray());
        Assert.Equal([(1, 1), (2, 2), (3, 3)], await appending.AcksAsync(3));
        var status = await appending.Call.StatusAsync();
        Assert.Equal(3, status.Code);
        Assert.Contains("milliseconds-number", status.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "c"], (await Door.ReadAsync("ring:r")).Records.Bodies());
    }

    [ContractFact]
    public async Task A_first_message_without_a_stream_is_refused()
    {
        using var appending = new AppendingStream(Door);
        await appending.SendAsync("a");
        var status = await appending.Call.StatusAsync();
        Assert.Equal(3, status.Code);
        Assert.Contains("address", status.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_stream_of_nothing_ends_well()
    {
        using var appending = new AppendingStream(Door);
        Assert.Equal(0, (await appending.EndAsync()).Code);
    }
}
