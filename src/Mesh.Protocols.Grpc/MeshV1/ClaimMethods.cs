using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Claims records, of queues or by consumer groups, and what becomes of them. Thread-safe.</summary>
internal sealed class ClaimMethods(Names names, TimeProvider clock)
{
    private const int RecordsDefault = 10;
    private const int RecordsMax = 1_000;

    /// <summary>A claim's records go in one message, whatever their size: they are claimed already.</summary>
    private const int MessageBytesMax = int.MaxValue;

    private static readonly TimeSpan TimeoutDefault = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TermMax = TimeSpan.FromDays(366);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(5);

    public async Task<GrpcStatus> ClaimAsync(GrpcCall call)
    {
        var request = await MeshService.RequestAsync(call, V1.ClaimRequest.Parser).ConfigureAwait(false);
        var claims = Claims(request.Project, request.Stream, request.Group);
        var limit = request.Limit == 0 ? RecordsDefault : request.Limit;
        if (limit is < 1 or > RecordsMax) throw Names.Wrong($"limit must be 1 to {RecordsMax}; it is {limit}.");
        var wait = Within("wait", Times.Of("wait", request.Wait) ?? TimeSpan.Zero, TimeSpan.Zero, WaitMax);
        var (id, page) = await claims.ClaimAsync(request.Consumer, limit, Terms(request.VisibilityTimeout, request.Grace), wait, call.Ended).ConfigureAwait(false);
        await call.StartAsync().ConfigureAwait(false);
        page.Write(call.Output, MessageBytesMax, _ => new V1.ClaimResponse { ClaimId = id?.ToString() ?? "" }.ToByteArray());
        return GrpcStatus.Ok;
    }

    public async ValueTask<V1.ExtendResponse> ExtendAsync(V1.ExtendRequest request, CancellationToken cancel)
    {
        var claims = Claims(request.Project, request.Stream, request.Group);
        await claims.ExtendAsync(IdOf(request.ClaimId), Terms(request.VisibilityTimeout, request.Grace), cancel).ConfigureAwait(false);
        return new V1.ExtendResponse();
    }

    public async ValueTask<V1.ReleaseResponse> ReleaseAsync(V1.ReleaseRequest request, CancellationToken cancel)
    {
        await Claims(request.Project, request.Stream, request.Group).ReleaseAsync(IdOf(request.ClaimId), cancel).ConfigureAwait(false);
        return new V1.ReleaseResponse();
    }

    public async ValueTask<V1.AckResponse> AckAsync(V1.AckRequest request, CancellationToken cancel)
    {
        if (request.Sequences.Count > RecordsMax) throw Names.Wrong($"An ack names at most {RecordsMax} records; this one names {request.Sequences.Count}.");
        var claims = Claims(request.Project, request.Stream, request.Group);
        var claim = IdOf(request.ClaimId);
        var sequences = request.Sequences.Count > 0
            ? [.. request.Sequences.Select(value => new Sequence(value))]
            : await claims.HeldAsync(claim, cancel).ConfigureAwait(false);
        var outcomes = await claims.AckAsync(claim, sequences, cancel).ConfigureAwait(false);
        var response = new V1.AckResponse();
        for (var i = 0; i < sequences.Count; i++) response.Acks.Add(new V1.Ack { Sequence = sequences[i].Value, Outcome = outcomes[i] });
        return response;
    }

    private IClaims Claims(string project, string address, string group)
    {
        var stream = names.Find(project, address);
        if (stream.Log is not IQueue queue) return new GroupClaims(names.FindGroups(project, address, group), group);
        return group.Length == 0 ? new QueueClaims(queue, clock) : throw Names.Wrong("group: a queue's claims are for all; leave the group out.");
    }

    private static ClaimId IdOf(string text) => Guid.TryParseExact(text, "N", out var id) && id != Guid.Empty
        ? new ClaimId(id)
        : throw Names.Wrong($"claim_id is what a claim was answered with, 32 hexadecimal digits; it is '{text}'.");

    private static ClaimTerms Terms(Duration? timeout, Duration? grace) => new(
        Within("visibility_timeout", Times.Of("visibility_timeout", timeout) ?? TimeoutDefault, TimeSpan.FromSeconds(1), TermMax),
        Within("grace", Times.Of("grace", grace) ?? TimeSpan.Zero, TimeSpan.Zero, TermMax));

    private static TimeSpan Within(string name, TimeSpan span, TimeSpan least, TimeSpan most) =>
        span >= least && span <= most ? span : throw Names.Wrong($"{name} must be {least} to {most}; it is {span}.");
}
