using Google.Protobuf;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Appends that come later. Thread-safe.</summary>
internal sealed class ScheduleMethods(IMesh mesh, Names names)
{
    private const int ListDefault = 100;
    private const int ListMax = 1000;

    public async Task<GrpcStatus> ScheduleAsync(GrpcCall call)
    {
        var message = await call.ReadSingleAsync().ConfigureAwait(false);
        var request = MeshService.Parse(message, V1.ScheduleRequest.Parser);
        var stream = names.Find(request.Project, request.Stream);
        using var segment = new SegmentWriter(message.Length + 256);
        new RecordReader(names.FindTarget(request.Project, request.Stream)).AddAll(message, segment);
        if (segment.Count == 0) throw Names.Wrong("A scheduled append has at least one record; this one has none.");
        var result = await ScheduleAsync(stream, segment.Finish(), DueOf(request), request.DedupeId.Memory, call.Ended).ConfigureAwait(false);
        if (result is ScheduleResult.Refused refused) return ErrorMap.FromAppend(refused.Reason);
        var (id, due) = (ScheduleResult.Scheduled)result;
        await call.RespondAsync(new V1.ScheduleResponse { Id = id.ToString(), DueAt = Times.Show(due) }.ToByteArray()).ConfigureAwait(false);
        return GrpcStatus.Ok;
    }

    public async ValueTask<V1.ListScheduledResponse> ListAsync(V1.ListScheduledRequest request, CancellationToken cancel)
    {
        var limit = request.Limit == 0 ? ListDefault : request.Limit;
        if (limit is < 1 or > ListMax) throw Names.Wrong($"limit must be 1 to {ListMax}; it is {limit}.");
        var after = request.After.Length == 0 ? default : IdOf("after", request.After);
        var found = await mesh.Schedules.ListAsync(Names.ProjectOf(request.Project), after, limit, cancel).ConfigureAwait(false);
        return new V1.ListScheduledResponse { Scheduled = { found.Select(Show) } };
    }

    public async ValueTask<V1.CancelScheduledResponse> CancelAsync(V1.CancelScheduledRequest request, CancellationToken cancel) => new()
    {
        Cancelled = await mesh.Schedules.CancelAsync(Names.ProjectOf(request.Project), IdOf("id", request.Id), cancel).ConfigureAwait(false),
    };

    private async ValueTask<ScheduleResult> ScheduleAsync(AddressedStream stream, ReadOnlyMemory<byte> segment, Due due, ReadOnlyMemory<byte> dedupeId, CancellationToken cancel)
    {
        try
        {
            return await stream.ScheduleAsync(mesh.Schedules, segment, due, dedupeId, cancel).ConfigureAwait(false);
        }
        catch (ArgumentException bound)
        {
            throw Names.Wrong(bound.Message);
        }
    }

    private static Due DueOf(V1.ScheduleRequest request) => request.DueCase switch
    {
        V1.ScheduleRequest.DueOneofCase.At => new Due.At(Times.Of("at", request.At)),
        V1.ScheduleRequest.DueOneofCase.After => new Due.After(Times.Of("after", request.After)!.Value),
        V1.ScheduleRequest.DueOneofCase.Cron => new Due.Cron(CronOf(request.Cron)),
        _ => throw Names.Wrong("A scheduled append says when it is due: at, after or cron."),
    };

    private static CronExpression CronOf(string text)
    {
        try
        {
            return CronExpression.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw Names.Wrong($"cron: {wrong.Message}");
        }
    }

    private static ScheduledId IdOf(string name, string text) =>
        ScheduledId.TryParse(text, out var id) ? id : throw Names.Wrong($"{name} is what Schedule was answered with, such as 5973611-1; it is '{text}'.");

    private static V1.Scheduled Show(ScheduledAppend append) => new()
    {
        Id = append.Id.ToString(),
        FirstId = append.First.ToString(),
        Stream = StreamAddress.TryOf(append.Target, out var address) ? address.ToString() : "",
        DueAt = Times.Show(append.DueAt),
        Cron = append.Cron ?? "",
        Count = Segment.CountOf(append.Segment.Span),
    };
}
