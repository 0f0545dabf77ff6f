using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>Scheduled appends through mesh.v1.</summary>
public abstract class ScheduleContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    private const string Ring = "ring:later";

    [ContractFact]
    public async Task What_is_due_is_appended()
    {
        await ScheduleAsync(request => request.After = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1)), "soon");
        await Eventually.TrueAsync(async () => (await Door.ReadAsync(Ring)).Records.Count == 1, "the record is there");
        Assert.Equal(["soon"], (await Door.ReadAsync(Ring)).Records.Bodies());
    }

    [ContractFact]
    public async Task What_is_to_come_is_listed_and_cancelled()
    {
        var at = new Timestamp { Seconds = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds() };
        var once = await ScheduleAsync(request => request.At = at, "a", "b");
        var cron = await ScheduleAsync(request => request.Cron = "@yearly", "c");
        var listed = (await ListAsync()).ToDictionary(each => each.Id);
        Assert.Equal((Ring, 2, at, ""), (listed[once.Id].Stream, listed[once.Id].Count, listed[once.Id].DueAt, listed[once.Id].Cron));
        Assert.Equal(("@yearly", cron.DueAt), (listed[cron.Id].Cron, listed[cron.Id].DueAt));
        Assert.True(await CancelAsync(once.Id));
        Assert.False(await CancelAsync(once.Id));
        Assert.True(await CancelAsync(cron.Id));
        Assert.DoesNotContain(await ListAsync(), each => each.Id == once.Id || each.Id == cron.Id);
    }

    [ContractFact]
    public async Task The_same_dedupe_id_schedules_once()
    {
        var at = new Timestamp { Seconds = DateTimeOffset.UtcNow.AddDays(2).ToUnixTimeSeconds() };
        var id = ByteString.CopyFromUtf8("same");
        var first = await ScheduleAsync(Fill, "a");
        Assert.Equal(first.Id, (await ScheduleAsync(Fill, "a")).Id);
        await CancelAsync(first.Id);

        void Fill(V1.ScheduleRequest request) => (request.At, request.DedupeId) = (at, id);
    }

    [ContractFact]
    public async Task What_is_wrong_is_said()
    {
        Assert.Contains("at, after or cron", (await Door.RefusedAsync("Schedule", Request("a"))).Message);
        var request = Request("a");
        request.Cron = "* * * *";
        Assert.Contains("five fields", (await Door.RefusedAsync("Schedule", request)).Message);
        request.After = Duration.FromTimeSpan(TimeSpan.FromDays(5000));
        Assert.Contains("at most 3653 days", (await Door.RefusedAsync("Schedule", request)).Message);
        request = Request();
        request.Cron = "@daily";
        Assert.Contains("at least one record", (await Door.RefusedAsync("Schedule", request)).Message);
        Assert.Contains("'x'", (await Door.RefusedAsync("CancelScheduled", new V1.CancelScheduledRequest { Id = "x" })).Message);
    }

    private static V1.ScheduleRequest Request(params string[] bodies) => new() { Stream = Ring, Records = { bodies.Select(MeshCalls.Record) } };

    private Task<V1.ScheduleResponse> ScheduleAsync(Action<V1.ScheduleRequest> fill, params string[] bodies)
    {
        var request = Request(bodies);
        fill(request);
        return Door.CallAsync("Schedule", request, V1.ScheduleResponse.Parser);
    }

    private async Task<IReadOnlyList<V1.Scheduled>> ListAsync() =>
        (await Door.CallAsync("ListScheduled", new V1.ListScheduledRequest { Limit = 1000 }, V1.ListScheduledResponse.Parser)).Scheduled;

    private async Task<bool> CancelAsync(string id) =>
        (await Door.CallAsync("CancelScheduled", new V1.CancelScheduledRequest { Id = id }, V1.CancelScheduledResponse.Parser)).Cancelled;
}
