using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>Consumer groups through mesh.v1.</summary>
public abstract class GroupContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    [ContractTheory]
    [InlineData("ring:r")]
    [InlineData("channel:acct")]
    [InlineData("channel:acct/agent7")]
    [InlineData("topic:metrics.cpu")]
    public async Task A_group_hands_each_record_out_once_and_the_stream_keeps_it(string stream)
    {
        await Door.AppendAsync(stream, "a", "b", "c");
        Assert.True(await CreateAsync(stream, from: 1));
        Assert.False(await CreateAsync(stream, from: 3));
        var one = await ClaimAsync(stream, "one", 2);
        var two = await ClaimAsync(stream, "two", 2);
        Assert.Equal(["a", "b"], one.Records.Bodies());
        Assert.Equal(["c"], two.Records.Bodies());
        Assert.Equal("", (await ClaimAsync(stream, "two", 2)).ClaimId);
        Assert.Equal([V1.Ack.Types.Outcome.Done, V1.Ack.Types.Outcome.ClaimExpired], await AckAsync(stream, one.ClaimId, 1, 3));
        var info = await Door.CallAsync("DescribeGroup", new V1.DescribeGroupRequest { Stream = stream, Group = "g" }, V1.GroupInfo.Parser);
        Assert.Equal((4, 0, 2, 2), (info.Next, info.Lag, info.Pending, info.Claimed));
        Assert.Equal(["a", "b", "c"], (await Door.ReadAsync(stream)).Records.Bodies());
    }

    [ContractFact]
    public async Task What_is_released_is_handed_out_again_and_counts()
    {
        await Door.AppendAsync("ring:r", "a");
        await CreateAsync("ring:r", from: 1);
        var first = await ClaimAsync("ring:r", "one", 1);
        await Door.CallAsync("Release", new V1.ReleaseRequest { Stream = "ring:r", Group = "g", ClaimId = first.ClaimId }, V1.ReleaseResponse.Parser);
        var second = await ClaimAsync("ring:r", "two", 1);
        Assert.Equal(2, Assert.Single(second.Records).DeliveryCount);
        var extend = new V1.ExtendRequest { Stream = "ring:r", Group = "g", ClaimId = second.ClaimId, VisibilityTimeout = Duration.FromTimeSpan(TimeSpan.FromHours(1)) };
        await Door.CallAsync("Extend", extend, V1.ExtendResponse.Parser);
        extend.ClaimId = first.ClaimId;
        Assert.Equal(5, (await Door.RefusedAsync("Extend", extend)).Code);
        Assert.Equal([V1.Ack.Types.Outcome.Done], await AckAsync("ring:r", second.ClaimId));
    }

    [ContractFact]
    public async Task A_group_waits_moves_and_goes()
    {
        await Door.AppendAsync("ring:r", "a");
        await CreateAsync("ring:r");
        var claiming = Door.CallAsync(
            "Claim", new V1.ClaimRequest { Stream = "ring:r", Group = "g", Consumer = "one", Wait = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)) }, V1.ClaimResponse.Parser);
        await Door.AppendAsync("ring:r", "b");
        Assert.Equal(["b"], (await claiming).Records.Bodies());
        await Door.CallAsync("MoveGroup", new V1.MoveGroupRequest { Stream = "ring:r", Group = "g", From = 1 }, V1.MoveGroupResponse.Parser);
        Assert.Equal("a", (await ClaimAsync("ring:r", "one", 1)).Records.Bodies()[0]);
        Assert.Equal(["g"], (await Door.CallAsync("ListGroups", new V1.ListGroupsRequest { Stream = "ring:r" }, V1.ListGroupsResponse.Parser)).Groups);
        var delete = new V1.DeleteGroupRequest { Stream = "ring:r", Group = "g" };
        Assert.True((await Door.CallAsync("DeleteGroup", delete, V1.DeleteGroupResponse.Parser)).Deleted);
        Assert.False((await Door.CallAsync("DeleteGroup", delete, V1.DeleteGroupResponse.Parser)).Deleted);
        Assert.Equal(5, (await Door.RefusedAsync("DescribeGroup", new V1.DescribeGroupRequest { Stream = "ring:r", Group = "g" })).Code);
    }

    [ContractFact]
    public async Task What_a_group_is_handed_too_often_goes_to_its_dead_letters()
    {
        await Door.AppendAsync("ring:r", "a");
        var create = new V1.CreateGroupRequest { Stream = "ring:r", Group = "g", From = 1, Options = new V1.GroupOptions { DeliveryCountMax = 1, DeadLetterQueue = "dead" } };
        await Door.CallAsync("CreateGroup", create, V1.CreateGroupResponse.Parser);
        var claim = await ClaimAsync("ring:r", "one", 1);
        await Door.CallAsync("Release", new V1.ReleaseRequest { Stream = "ring:r", Group = "g", ClaimId = claim.ClaimId }, V1.ReleaseResponse.Parser);
        Assert.Equal("", (await ClaimAsync("ring:r", "one", 1)).ClaimId);
        Assert.Equal(["a"], (await Door.ReadAsync("queue:dead")).Records.Bodies());
    }

    [ContractTheory]
    [InlineData("queue:q", "g", 3, "no consumer groups")]
    [InlineData("ring:r", "", 3, "group is missing")]
    [InlineData("ring:r", "\u001fg", 3, "U+001F")]
    public async Task A_mistake_is_named(string stream, string group, int code, string what)
    {
        var refused = await Door.RefusedAsync("CreateGroup", new V1.CreateGroupRequest { Stream = stream, Group = group });
        Assert.Equal(code, refused.Code);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_request_is_answered_by_whoever_reads_it()
    {
        using var tail = await Tailing.OpenAsync(Door, new V1.TailRequest { Stream = "ring:requests" });
        var request = new V1.RequestRequest { Stream = "ring:requests", Record = MeshCalls.Record("ping"), Timeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(2)) };
        var asking = Door.CallAsync("Request", request, V1.RequestResponse.Parser);
        var heard = await tail.NextAsync();
        Assert.Equal("ping", heard.Body.ToStringUtf8());
        await Door.AppendAsync(heard.Tags["mesh-reply-to"], "pong");
        Assert.Equal(new V1.RequestResponse { Body = ByteString.CopyFromUtf8("pong"), Sequence = 1 }, await asking);
    }

    [ContractFact]
    public async Task A_request_that_nobody_answers_ends_when_its_time_is_up()
    {
        var request = new V1.RequestRequest { Stream = "ring:requests", Record = MeshCalls.Record("ping"), Timeout = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(50)) };
        Assert.Equal(4, (await Door.RefusedAsync("Request", request)).Code);
        Assert.Equal(["ping"], (await Door.ReadAsync("ring:requests")).Records.Bodies());
    }

    private async Task<bool> CreateAsync(string stream, long? from = null)
    {
        var request = new V1.CreateGroupRequest { Stream = stream, Group = "g" };
        if (from is { } sequence) request.From = sequence;
        return (await Door.CallAsync("CreateGroup", request, V1.CreateGroupResponse.Parser)).Created;
    }

    private Task<V1.ClaimResponse> ClaimAsync(string stream, string consumer, int limit) =>
        Door.CallAsync("Claim", new V1.ClaimRequest { Stream = stream, Group = "g", Consumer = consumer, Limit = limit }, V1.ClaimResponse.Parser);

    private async Task<V1.Ack.Types.Outcome[]> AckAsync(string stream, string claim, params long[] sequences)
    {
        var answer = await Door.CallAsync("Ack", new V1.AckRequest { Stream = stream, Group = "g", ClaimId = claim, Sequences = { sequences } }, V1.AckResponse.Parser);
        return [.. answer.Acks.Select(ack => ack.Outcome)];
    }
}
