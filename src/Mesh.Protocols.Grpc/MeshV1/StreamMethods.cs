using Google.Protobuf;
using Mesh.Addresses;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Creates, shows, changes, lists and deletes streams. Thread-safe.</summary>
internal sealed class StreamMethods(IMesh mesh, Names names)
{
    private const int MetadataBytesMax = 65_536;
    private const int PageDefault = 100;
    private const int PageMax = 1_000;

    /// <summary>Kinds that are listed, in this order.</summary>
    private static readonly AddressKind[] Kinds = [AddressKind.Channel, AddressKind.Queue, AddressKind.Ring, AddressKind.Partition, AddressKind.Room];

    public async ValueTask<V1.CreateStreamResponse> CreateAsync(V1.CreateStreamRequest request, CancellationToken cancel)
    {
        var stream = names.FindWhole(request.Project, request.Stream);
        var options = OptionsMessage.Read(request.Options ?? new V1.StreamOptions(), StreamOptions.Default, stream.Stream.Kind);
        var created = await mesh.Catalogue.CreateAsync(stream.Stream, options, Metadata(request.Metadata), cancel).ConfigureAwait(false);
        return new V1.CreateStreamResponse { Info = await ShowAsync(stream, cancel).ConfigureAwait(false), Created = created };
    }

    public ValueTask<V1.StreamInfo> DescribeAsync(V1.DescribeStreamRequest request, CancellationToken cancel) =>
        ShowAsync(names.FindWhole(request.Project, request.Stream), cancel);

    public async ValueTask<V1.StreamInfo> UpdateAsync(V1.UpdateStreamRequest request, CancellationToken cancel)
    {
        var stream = names.FindWhole(request.Project, request.Stream);
        var entry = await EntryAsync(stream, cancel).ConfigureAwait(false);
        var options = request.Options is null ? entry.Options : OptionsMessage.Read(request.Options, entry.Options, stream.Stream.Kind);
        var metadata = request.HasMetadata ? Metadata(request.Metadata) : entry.Metadata;
        if (!await mesh.Catalogue.UpdateAsync(stream.Stream, options, metadata, cancel).ConfigureAwait(false)) throw new GrpcException(ErrorMap.NoSuchStream);
        return await ShowAsync(stream, cancel).ConfigureAwait(false);
    }

    public async ValueTask<V1.ListStreamsResponse> ListAsync(V1.ListStreamsRequest request, CancellationToken cancel)
    {
        if (request.Limit is < 0 or > PageMax) throw Names.Wrong($"limit must be 0 to {PageMax}; it is {request.Limit}.");
        var project = Names.ProjectOf(request.Project);
        var limit = request.Limit == 0 ? PageDefault : request.Limit;
        var kinds = request.Kind.Length == 0 ? Kinds : [.. Kinds.Where(kind => Word(kind) == request.Kind)];
        if (kinds.Length == 0) throw Names.Wrong($"kind must be {string.Join(", ", Kinds.Select(Word))} or empty; it is '{request.Kind}'.");
        var response = new V1.ListStreamsResponse();
        foreach (var kind in kinds)
        {
            if (!TryBegin(kinds, kind, request.After, out var after)) continue;
            var left = limit - response.Streams.Count;
            var found = await mesh.Catalogue.ListAsync(project, StreamKindOf(kind), after, left, cancel).ConfigureAwait(false);
            foreach (var entry in found) response.Streams.Add(Shown(entry));
            if (found.Count < left) continue;
            response.Next = response.Streams[^1].Stream;
            break;
        }

        return response;
    }

    public async ValueTask<V1.DeleteStreamResponse> DeleteAsync(V1.DeleteStreamRequest request, CancellationToken cancel)
    {
        var stream = names.FindWhole(request.Project, request.Stream);
        return new V1.DeleteStreamResponse { Deleted = await mesh.Catalogue.DeleteAsync(stream.Stream, cancel).ConfigureAwait(false) };
    }

    private async ValueTask<V1.StreamInfo> ShowAsync(AddressedStream stream, CancellationToken cancel)
    {
        var info = Shown(await EntryAsync(stream, cancel).ConfigureAwait(false));
        var log = stream.Log;
        var state = await log.StateAsync(cancel).ConfigureAwait(false);
        info.LowWatermark = state.LowWatermark.Value;
        info.HighWatermark = state.HighWatermark.Value;
        info.Length = state.Length;
        if (state.LastTime > RecordTime.None) info.LastTime = Times.Show(state.LastTime);
        if (log is not IQueue queue) return info;
        var stats = await queue.StatsAsync(cancel).ConfigureAwait(false);
        info.Queue = new V1.QueueInfo { Claimed = stats.Claimed, Free = stats.Free };
        return info;
    }

    private async ValueTask<StreamEntry> EntryAsync(AddressedStream stream, CancellationToken cancel) =>
        await mesh.Catalogue.FindAsync(stream.Stream, cancel).ConfigureAwait(false) ?? throw new GrpcException(ErrorMap.NoSuchStream);

    private static V1.StreamInfo Shown(StreamEntry entry) => new()
    {
        Project = entry.Name.Project,
        Stream = $"{Word(entry.Name.Kind)}:{entry.Name.Name}",
        Options = OptionsMessage.Write(entry.Options),
        Metadata = UnsafeByteOperations.UnsafeWrap(entry.Metadata),
        CreatedAt = Times.Show(entry.Created),
    };

    /// <summary>Where a listing of one kind goes on.</summary>
    /// <returns>False when the page before was beyond the kind.</returns>
    private static bool TryBegin(AddressKind[] kinds, AddressKind kind, string after, out string name)
    {
        name = "";
        if (after.Length == 0) return true;
        var colon = after.IndexOf(':', StringComparison.Ordinal);
        var reached = colon < 0 ? -1 : Array.FindIndex(kinds, each => Word(each) == after[..colon]);
        if (reached < 0) throw Names.Wrong($"after must be `next` of the page before; it is '{after}'.");
        if (kinds[reached] == kind) name = after[(colon + 1)..];
        return Array.IndexOf(kinds, kind) >= reached;
    }

    private static StreamKind StreamKindOf(AddressKind kind) => System.Enum.Parse<StreamKind>(kind.ToString());

    private static string Word<T>(T kind)
        where T : struct, System.Enum => kind.ToString().ToLowerInvariant();

    private static ReadOnlyMemory<byte> Metadata(ByteString metadata) => metadata.Length <= MetadataBytesMax
        ? metadata.Memory
        : throw Names.Wrong($"metadata may have at most {MetadataBytesMax} bytes; it has {metadata.Length}.");
}
