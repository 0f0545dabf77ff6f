using Google.Protobuf;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Shows a queue's dead letters, and puts them back. Thread-safe.</summary>
internal sealed class DeadLetterMethods(IMesh mesh, Names names)
{
    private const int PageDefault = 100;
    private const int PageMax = 1_000;

    /// <summary>A page's bytes, as <see cref="ReadMethods"/>' are bounded.</summary>
    private const int PageBytesMax = 1024 * 1024;

    public async Task<GrpcStatus> ListAsync(GrpcCall call)
    {
        var request = await MeshService.RequestAsync(call, V1.DeadLettersRequest.Parser).ConfigureAwait(false);
        var limit = request.Limit == 0 ? PageDefault : request.Limit;
        if (limit is < 1 or > PageMax) throw Names.Wrong($"limit must be 1 to {PageMax}; it is {limit}.");
        if (request.After < 0) throw Names.Wrong($"after is a sequence, or 0; it is {request.After}.");
        var (source, letters) = await FindAsync(request.Project, request.Stream, call.Ended).ConfigureAwait(false);
        var page = await mesh.Queue(letters).ListAsync(
            new QueueQuery { After = new Sequence(request.After), RecordsMax = limit, IncludeClaimed = true, IncludeDelayed = true }, call.Ended).ConfigureAwait(false);
        var after = request.After;
        foreach (var record in page.Records) after = record.Sequence.Value;
        var writer = Of(source, page, new Sequence(after));
        await call.StartAsync().ConfigureAwait(false);
        writer.Write(call.Output, PageBytesMax, next => new V1.DeadLettersResponse
        {
            // A message that is full ends before the next record.
            Next = next.Value > after ? after : next.Value - 1,
            End = page.Records.Count == 0,
            DeadLetterQueue = StreamAddress.Of(letters).ToString(),
        }.ToByteArray());
        return GrpcStatus.Ok;
    }

    public async ValueTask<V1.RedriveResponse> RedriveAsync(V1.RedriveRequest request, CancellationToken cancel)
    {
        if (request.Sequences.Count > PageMax) throw Names.Wrong($"A redrive names at most {PageMax} records; this one names {request.Sequences.Count}.");
        var ttl = Times.Of("ttl", request.Ttl);
        if (ttl <= TimeSpan.Zero) throw Names.Wrong($"ttl must be more than zero; it is {ttl}. Leave it out to keep what is left.");
        var (source, letters) = await FindAsync(request.Project, request.Stream, cancel).ConfigureAwait(false);
        var queue = mesh.Queue(letters);
        if (request.Sequences.Count > 0)
        {
            var page = await queue.GetAsync([.. request.Sequences.Select(value => new Sequence(value))], cancel).ConfigureAwait(false);
            return new V1.RedriveResponse { Moved = await MoveAsync(queue, source, page, ttl, cancel).ConfigureAwait(false) };
        }

        return new V1.RedriveResponse { Moved = await MoveAllAsync(queue, source, ttl, cancel).ConfigureAwait(false) };
    }

    /// <summary>Goes through those that are there at the beginning: what comes back meanwhile waits for the next time.</summary>
    private static async ValueTask<long> MoveAllAsync(IQueue queue, StreamName source, TimeSpan? ttl, CancellationToken cancel)
    {
        var end = (await queue.StateAsync(cancel).ConfigureAwait(false)).HighWatermark;
        long moved = 0;
        for (var after = Sequence.None; after < end;)
        {
            var page = await queue.ListAsync(new QueueQuery { After = after, RecordsMax = PageMax, IncludeDelayed = true }, cancel).ConfigureAwait(false);
            if (page.Records.Count == 0) break;
            foreach (var record in page.Records) after = record.Sequence;
            moved += await MoveAsync(queue, source, page, ttl, cancel).ConfigureAwait(false);
        }

        return moved;
    }

    private static async ValueTask<int> MoveAsync(IQueue queue, StreamName source, QueuePage page, TimeSpan? ttl, CancellationToken cancel)
    {
        var sequences = new List<Sequence>();
        foreach (var record in page.Records)
            if (DeadLetterTag.SourceOf(record) == source.Name) sequences.Add(record.Sequence);
        return sequences.Count == 0 ? 0 : await queue.MoveAsync(source, sequences, ttl, cancel).ConfigureAwait(false);
    }

    /// <summary>Those of the records that come from the queue.</summary>
    private static PageWriter Of(StreamName source, QueuePage page, Sequence next)
    {
        var slices = new List<BatchSlice>();
        var states = new List<QueueRecordState>();
        var at = 0;
        foreach (var slice in page.Records.Slices)
        {
            var records = slice.GetEnumerator();
            while (records.MoveNext())
            {
                var state = page.States[at++];
                if (DeadLetterTag.SourceOf(records.Current) != source.Name) continue;
                slices.Add(new BatchSlice(slice.Batch, records.Offset, records.Index, 1));
                states.Add(state);
            }
        }

        return new PageWriter(new RecordPage(slices, next.Next(), page.Records.LowWatermark, page.Records.HighWatermark), i => new RecordClaim(states[i].DeliveryCount, states[i].ExpiresAt));
    }

    private async ValueTask<(StreamName Source, StreamName Letters)> FindAsync(string project, string address, CancellationToken cancel)
    {
        var source = names.FindWhole(project, address).Stream;
        if (source.Kind != StreamKind.Queue) throw Names.Wrong($"stream: only queues have dead letters, such as queue:jobs; this is {address}.");
        var entry = await mesh.Catalogue.FindAsync(source, cancel).ConfigureAwait(false) ?? throw new GrpcException(ErrorMap.NoSuchStream);
        return entry.Options.DeadLetterQueue is { } letters ? (source, StreamName.Queue(letters, source.Project)) : throw new GrpcException(ErrorMap.NoDeadLetters(address));
    }
}
