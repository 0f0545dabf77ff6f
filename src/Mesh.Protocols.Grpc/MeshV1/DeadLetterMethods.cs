using Google.Protobuf;
using Mesh.Addresses;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Queues;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Shows a queue's dead letters, and puts them back. Thread-safe.</summary>
internal sealed class DeadLetterMethods(IMesh mesh, Names names)
{
    private const int PageDefault = 100;

    /// <summary>A page's bytes, as <see cref="ReadMethods"/>' are bounded.</summary>
    private const int PageBytesMax = 1024 * 1024;

    public async Task<GrpcStatus> ListAsync(GrpcCall call)
    {
        var request = await MeshService.RequestAsync(call, V1.DeadLettersRequest.Parser).ConfigureAwait(false);
        var limit = request.Limit == 0 ? PageDefault : request.Limit;
        if (limit is < 1 or > DeadLetters.RecordsMax) throw Names.Wrong($"limit must be 1 to {DeadLetters.RecordsMax}; it is {limit}.");
        if (request.After < 0) throw Names.Wrong($"after is a sequence, or 0; it is {request.After}.");
        var letters = await FindAsync(request.Project, request.Stream, call.Ended).ConfigureAwait(false);
        var (page, lookedAt) = await letters.ListAsync(new Sequence(request.After), limit, call.Ended).ConfigureAwait(false);
        var after = lookedAt?.Value ?? request.After;
        var records = new RecordPage(page.Records.Slices, new Sequence(after).Next(), page.Records.LowWatermark, page.Records.HighWatermark);
        var writer = new PageWriter(records, i => new RecordClaim(page.States[i].DeliveryCount, page.States[i].ExpiresAt));
        await call.StartAsync().ConfigureAwait(false);
        writer.Write(call.Output, PageBytesMax, next => new V1.DeadLettersResponse
        {
            // A message that is full ends before the next record.
            Next = next.Value > after ? after : next.Value - 1,
            End = lookedAt is null,
            DeadLetterQueue = StreamAddress.Of(letters.Queue).ToString(),
        }.ToByteArray());
        return GrpcStatus.Ok;
    }

    public async ValueTask<V1.RedriveResponse> RedriveAsync(V1.RedriveRequest request, CancellationToken cancel)
    {
        if (request.Sequences.Count > DeadLetters.RecordsMax) throw Names.Wrong($"A redrive names at most {DeadLetters.RecordsMax} records; this one names {request.Sequences.Count}.");
        var ttl = Times.Of("ttl", request.Ttl);
        if (ttl <= TimeSpan.Zero) throw Names.Wrong($"ttl must be more than zero; it is {ttl}. Leave it out to keep what is left.");
        var letters = await FindAsync(request.Project, request.Stream, cancel).ConfigureAwait(false);
        List<Sequence>? sequences = request.Sequences.Count == 0 ? null : [.. request.Sequences.Select(value => new Sequence(value))];
        return new V1.RedriveResponse { Moved = await letters.RedriveAsync(sequences, ttl, cancel).ConfigureAwait(false) };
    }

    private async ValueTask<DeadLetters> FindAsync(string project, string address, CancellationToken cancel)
    {
        var source = names.FindWhole(project, address).Stream;
        if (source.Kind != StreamKind.Queue) throw Names.Wrong($"stream: only queues have dead letters, such as queue:jobs; this is {address}.");
        if (await DeadLetters.FindAsync(mesh, source, cancel).ConfigureAwait(false) is { } letters) return letters;
        var isThere = await mesh.Catalogue.FindAsync(source, cancel).ConfigureAwait(false) is not null;
        throw new GrpcException(isThere ? ErrorMap.NoDeadLetters(address) : ErrorMap.NoSuchStream);
    }
}
