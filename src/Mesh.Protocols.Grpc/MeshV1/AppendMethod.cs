using Google.Protobuf;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Appends;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary><c>Append</c>: some records at once, all or none. Thread-safe.</summary>
internal sealed class AppendMethod(Names names, GrpcOptions options, TimeProvider clock)
{
    private const int DedupeIdBytesMax = 256;

    public async Task<GrpcStatus> RunAsync(GrpcCall call)
    {
        var message = await call.ReadSingleAsync().ConfigureAwait(false);
        var request = AppendHead.Parse(message);
        if (request.DedupeId.Length > DedupeIdBytesMax) throw Names.Wrong($"dedupe_id may have at most {DedupeIdBytesMax} bytes; it has {request.DedupeId.Length}.");
        using var segment = new SegmentWriter(message.Length + 256);
        var target = names.FindTarget(request.Project, request.Address);
        new RecordReader(target).AddAll(message, segment);
        if (segment.Count == 0) throw Names.Wrong("An append has at least one record; this one has none.");
        var append = new PatientAppend(target.Append, options.BusyWaitMax, clock, call.Deadline);
        var result = await append.AppendAsync(segment.Finish(), new AppendOptions { DedupeId = request.DedupeId, MustExist = request.MustExist }).ConfigureAwait(false);
        await call.RespondAsync(Response(result).ToByteArray()).ConfigureAwait(false);
        return GrpcStatus.Ok;
    }

    private static V1.AppendResponse Response(AppendResult result) => result switch
    {
        AppendResult.Appended at => new V1.AppendResponse
        {
            FirstSequence = at.First.Value,
            Count = at.Count,
            FirstTime = at.FirstTime == RecordTime.None ? null : Times.Show(at.FirstTime),
            FirstId = at.FirstId == RingId.None ? "" : at.FirstId.ToString(),
        },
        AppendResult.Duplicate at => new V1.AppendResponse { FirstSequence = at.First.Value, Count = at.Count, Duplicate = true },
        _ => throw new System.Diagnostics.UnreachableException($"{result} is no success."),
    };
}
