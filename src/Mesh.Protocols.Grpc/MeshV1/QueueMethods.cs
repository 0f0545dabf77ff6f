using Google.Protobuf;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Claims records of queues, and what becomes of them. Thread-safe.</summary>
internal sealed class QueueMethods(Names names, TimeProvider clock)
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
        var queue = Queue(request.Project, request.Stream);
        var limit = request.Limit == 0 ? RecordsDefault : request.Limit;
        if (limit is < 1 or > RecordsMax) throw Names.Wrong($"limit must be 1 to {RecordsMax}; it is {limit}.");
        var wait = Within("wait", Times.Of("wait", request.Wait) ?? TimeSpan.Zero, TimeSpan.Zero, WaitMax);
        var claim = await ClaimAsync(queue, limit, Terms(request.VisibilityTimeout, request.Grace), wait, call.Ended).ConfigureAwait(false);
        await call.StartAsync().ConfigureAwait(false);
        new PageWriter(claim.Page.Records, claim.Page.States).Write(call.Output, MessageBytesMax, _ => new V1.ClaimResponse { ClaimId = claim.Id?.ToString() ?? "" }.ToByteArray());
        return GrpcStatus.Ok;
    }

    public async ValueTask<V1.ExtendResponse> ExtendAsync(V1.ExtendRequest request, CancellationToken cancel)
    {
        var terms = Terms(request.VisibilityTimeout, request.Grace);
        return await Queue(request.Project, request.Stream).ExtendAsync(IdOf(request.ClaimId), terms, cancel).ConfigureAwait(false)
            ? new V1.ExtendResponse()
            : throw new GrpcException(ErrorMap.ClaimExpired);
    }

    public async ValueTask<V1.ReleaseResponse> ReleaseAsync(V1.ReleaseRequest request, CancellationToken cancel)
    {
        await Queue(request.Project, request.Stream).ReleaseAsync(IdOf(request.ClaimId), cancel).ConfigureAwait(false);
        return new V1.ReleaseResponse();
    }

    public async ValueTask<V1.AckResponse> AckAsync(V1.AckRequest request, CancellationToken cancel)
    {
        if (request.Sequences.Count > RecordsMax) throw Names.Wrong($"An ack names at most {RecordsMax} records; this one names {request.Sequences.Count}.");
        var queue = Queue(request.Project, request.Stream);
        var claim = IdOf(request.ClaimId);
        var sequences = request.Sequences.Count > 0 ? [.. request.Sequences.Select(value => new Sequence(value))] : await HeldAsync(queue, claim, cancel).ConfigureAwait(false);

        // All are on their way at once, and travel in one commit.
        var acks = sequences.ConvertAll(sequence => queue.AckAsync(sequence, claim, cancel).AsTask());
        await Task.WhenAll(acks).ConfigureAwait(false);
        var response = new V1.AckResponse();
        for (var i = 0; i < acks.Count; i++) response.Acks.Add(new V1.Ack { Sequence = sequences[i].Value, Outcome = ErrorMap.FromAck(acks[i].Result) });
        return response;
    }

    private async ValueTask<ClaimResult> ClaimAsync(IQueue queue, int limit, ClaimTerms terms, TimeSpan wait, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        for (long seen = 0; ;)
        {
            // Asked before the look, so that what comes between wakes the wait.
            if (wait > TimeSpan.Zero && seen == 0) seen = await queue.WaitChangeAsync(0, TimeSpan.Zero, cancel).ConfigureAwait(false);
            var claim = await queue.ClaimAsync(limit, terms, cancel).ConfigureAwait(false);
            var left = wait - clock.GetElapsedTime(began);
            if (claim.Id is not null || left <= TimeSpan.Zero) return claim;
            seen = await queue.WaitChangeAsync(seen, left, cancel).ConfigureAwait(false);
        }
    }

    private static async ValueTask<List<Sequence>> HeldAsync(IQueue queue, ClaimId claim, CancellationToken cancel)
    {
        var view = await queue.FindClaimAsync(claim, cancel).ConfigureAwait(false) ?? throw new GrpcException(ErrorMap.ClaimExpired);
        var sequences = new List<Sequence>();
        foreach (var record in view.Page.Records) sequences.Add(record.Sequence);
        return sequences;
    }

    private IQueue Queue(string project, string address) => names.FindLog(project, address) is (_, IQueue queue)
        ? queue
        : throw Names.Wrong($"stream: only queues are claimed from, such as queue:jobs; this is {address}.");

    private static ClaimId IdOf(string text) => Guid.TryParseExact(text, "N", out var id) && id != Guid.Empty
        ? new ClaimId(id)
        : throw Names.Wrong($"claim_id is what a claim was answered with, 32 hexadecimal digits; it is '{text}'.");

    private static ClaimTerms Terms(Google.Protobuf.WellKnownTypes.Duration? timeout, Google.Protobuf.WellKnownTypes.Duration? grace) => new(
        Within("visibility_timeout", Times.Of("visibility_timeout", timeout) ?? TimeoutDefault, TimeSpan.FromSeconds(1), TermMax),
        Within("grace", Times.Of("grace", grace) ?? TimeSpan.Zero, TimeSpan.Zero, TermMax));

    private static TimeSpan Within(string name, TimeSpan span, TimeSpan least, TimeSpan most) =>
        span >= least && span <= most ? span : throw Names.Wrong($"{name} must be {least} to {most}; it is {span}.");
}
