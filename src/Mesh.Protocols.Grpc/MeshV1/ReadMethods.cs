using Google.Protobuf;
using Mesh.Addresses;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary><c>Read</c> and <c>Tail</c>: the stored bytes are written as they are. Thread-safe.</summary>
internal sealed class ReadMethods(Names names, GrpcOptions options)
{
    private const int RecordsDefault = 1_000;
    private const int RecordsMax = 10_000;

    /// <summary>A page's bytes, so that it is below what clients take in one message (4 MiB by default), unless a single record is larger.</summary>
    private const int PageBytesMax = 1024 * 1024;

    public async Task<GrpcStatus> ReadAsync(GrpcCall call)
    {
        var request = await MeshService.RequestAsync(call, V1.ReadRequest.Parser).ConfigureAwait(false);
        var stream = names.Find(request.Project, request.Stream);
        var query = new ReadQuery { RecordsMax = Count("limit", request.Limit == 0 ? RecordsDefault : request.Limit), BytesMax = PageBytesMax };
        query = request.StartCase switch
        {
            V1.ReadRequest.StartOneofCase.From => query with { From = From(request.From) },
            V1.ReadRequest.StartOneofCase.FromTime => query with { FromTime = Times.Of("from_time", request.FromTime) },
            V1.ReadRequest.StartOneofCase.Last => query with { From = Sequence.Max, Backwards = true, RecordsMax = Count("last", request.Last) },
            _ => query,
        };
        var page = await stream.ReadAsync(query, Filters.Of(stream, request.Filter), call.Ended).ConfigureAwait(false);
        if (page.HighWatermark == Sequence.None) await RequireHistoryAsync(stream, call.Ended).ConfigureAwait(false);
        if (query.Backwards) page = InOrder(page);
        await call.StartAsync().ConfigureAwait(false);
        new PageWriter(page).Write(call.Output, PageBytesMax, next =>
            new V1.ReadResponse { Next = next.Value, LowWatermark = page.LowWatermark.Value, HighWatermark = page.HighWatermark.Value }.ToByteArray());
        return GrpcStatus.Ok;
    }

    public async Task<GrpcStatus> TailAsync(GrpcCall call)
    {
        var request = await MeshService.RequestAsync(call, V1.TailRequest.Parser).ConfigureAwait(false);
        var stream = names.Find(request.Project, request.Stream);
        var filter = Filters.Of(stream, request.Filter);
        await RequireHistoryAsync(stream, call.Ended).ConfigureAwait(false);
        var from = await StartAsync(request, stream, filter, call.Ended).ConfigureAwait(false);
        await call.StartAsync().ConfigureAwait(false);
        return await new TailCall(call, stream.Log, filter, from, options.SubscriberStallMax).RunAsync().ConfigureAwait(false);
    }

    /// <exception cref="GrpcException">FAILED_PRECONDITION: there is nothing to read or to follow, and says what would be right.</exception>
    private static async ValueTask RequireHistoryAsync(AddressedStream stream, CancellationToken cancel)
    {
        if (await stream.KeepsHistoryAsync(cancel).ConfigureAwait(false)) return;
        throw new GrpcException(
            StatusCode.FailedPrecondition, $"{stream.Address} keeps no history: its messages go to whoever listens when they come. CreateStream makes it keep them from then on; SUBSCRIBE at the RESP door hears them live.");
    }

    private static async ValueTask<Sequence> StartAsync(V1.TailRequest request, AddressedStream stream, RecordFilter filter, CancellationToken cancel)
    {
        switch (request.StartCase)
        {
            case V1.TailRequest.StartOneofCase.From:
                return From(request.From);
            case V1.TailRequest.StartOneofCase.FromTime:
                return FirstOf(await stream.Log.ReadAsync(new ReadQuery { FromTime = Times.Of("from_time", request.FromTime), RecordsMax = 1 }, cancel).ConfigureAwait(false));
            case V1.TailRequest.StartOneofCase.Last:
                var query = ReadQuery.Last(Count("last", request.Last)) with { BytesMax = PageBytesMax };
                return FirstOf(InOrder(await stream.ReadAsync(query, filter, cancel).ConfigureAwait(false)));
            default:
                return (await stream.Log.StateAsync(cancel).ConfigureAwait(false)).HighWatermark.Next();
        }
    }

    /// <summary>A page that was read backwards, the oldest record first; it goes on behind the newest there is.</summary>
    private static RecordPage InOrder(RecordPage page) => new([.. page.Slices.Reverse()], page.HighWatermark.Next(), page.LowWatermark, page.HighWatermark);

    private static Sequence FirstOf(RecordPage page)
    {
        foreach (var record in page) return record.Sequence;
        return page.HighWatermark.Next();
    }

    private static Sequence From(long from) => from is >= 0 and < long.MaxValue
        ? new Sequence(Math.Max(1, from))
        : throw Names.Wrong($"from is a sequence from 1; it is {from}.");

    private static int Count(string name, int count) =>
        count is >= 1 and <= RecordsMax ? count : throw Names.Wrong($"{name} must be 1 to {RecordsMax}; it is {count}.");
}
