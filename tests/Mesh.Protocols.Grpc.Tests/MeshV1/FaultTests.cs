using Google.Protobuf;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>What clients see when storage fails or the server stops.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_call_whose_commit_fails_ends_and_what_was_not_acknowledged_is_stored_once_when_it_is_sent_again()
    {
        await using var host = await GrpcHost.StartAsync();
        using var first = await AppendingStream.OpenAsync(host, "ring:r", producer: 7);
        await first.SendAsync("1");
        Assert.Equal([(1, 1)], await first.AcksAsync(1));
        host.Store.FailNextCommit(CommitFault.Refused);
        await first.SendAsync("2");
        var status = await first.Call.StatusAsync();
        Assert.Equal(14, status.Code);
        using var second = await AppendingStream.OpenAsync(host, "ring:r", producer: 7, firstNumber: 1);
        await second.SendAsync("1", "2");
        Assert.Equal([(1, 1), (2, 2)], await second.AcksAsync(2));
    }

    [Fact]
    public async Task A_commit_that_nobody_knows_of_is_found_when_the_records_are_sent_again()
    {
        await using var host = await GrpcHost.StartAsync();
        using var first = await AppendingStream.OpenAsync(host, "ring:r", producer: 7);
        await first.SendAsync("1");
        await first.AcksAsync(1);
        host.Store.FailNextCommit(CommitFault.UnknownStored);
        await first.SendAsync("2");
        first.Call.Complete();
        await first.Call.StatusAsync();
        using var second = await AppendingStream.OpenAsync(host, "ring:r", producer: 7, firstNumber: 2);
        await second.SendAsync("2", "3");
        Assert.Equal([(2, 2), (3, 3)], await second.AcksAsync(2));
        Assert.Equal(["1", "2", "3"], (await host.ReadAsync("ring:r")).Records.Bodies());
    }

    [Fact]
    public async Task A_tail_is_told_where_to_go_on_when_the_server_stops()
    {
        await using var host = await GrpcHost.StartAsync();
        await host.AppendAsync("ring:r", "1", "2");
        using var tail = await Tailing.OpenAsync(host, new V1.TailRequest { Stream = "ring:r", From = 1 });
        await tail.BodiesAsync(2);
        var stopping = host.StopAsync();
        var status = await tail.Call.StatusAsync();
        await stopping;
        Assert.Equal(14, status.Code);
        Assert.Contains("Go on from sequence 3", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_says_its_reason_to_programs()
    {
        await using var host = await GrpcHost.StartAsync();
        using var call = await host.OpenAsync("DescribeStream", new V1.DescribeStreamRequest { Stream = "ring:none" });
        var response = await call.Response;
        var details = response.Headers.GetValues("grpc-status-details-bin").Single();
        Assert.Contains("NO_SUCH_STREAM", ByteString.FromBase64(details + new string('=', (4 - (details.Length % 4)) % 4)).ToStringUtf8(), StringComparison.Ordinal);
    }
}
