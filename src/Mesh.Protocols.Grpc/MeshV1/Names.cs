using System.Text;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Finds what requests name. Thread-safe.</summary>
internal sealed class Names(IMesh mesh, AddressResolver resolver)
{
    /// <summary>Bytes of a project's name as UTF-8, at the most.</summary>
    public const int ProjectBytesMax = 256;

    /// <summary>Bytes of a group's or consumer's name, at the most.</summary>
    public const int GroupNameBytesMax = 4096;

    /// <exception cref="GrpcException">INVALID_ARGUMENT: no client can name such a project.</exception>
    public static string ProjectOf(string project)
    {
        if (project.Length == 0) return StreamName.DefaultProject;
        if (project.StartsWith(StreamName.InnerMark)) throw Wrong("A project's name may not begin with U+001F: such projects are the server's own.");
        var bytes = Encoding.UTF8.GetByteCount(project);
        return bytes <= ProjectBytesMax ? project : throw Wrong($"A project's name may have at most {ProjectBytesMax} bytes; this one has {bytes}.");
    }

    /// <exception cref="GrpcException">INVALID_ARGUMENT: the text is no address.</exception>
    public AddressedStream Find(string project, string address) => StreamAddress.TryParse(address, out var parsed, out var fault)
        ? resolver.Resolve(parsed, ProjectOf(project))
        : throw Wrong($"stream: {fault}");

    /// <summary>As <see cref="Find"/>, of a stream as a whole.</summary>
    /// <exception cref="GrpcException">INVALID_ARGUMENT too when the address names a view.</exception>
    public AddressedStream FindWhole(string project, string address)
    {
        var stream = Find(project, address);
        return stream.Key is null ? stream : throw Wrong($"stream: {address} names the records of one key. Name the stream as a whole: {StreamAddress.Of(stream.Stream)}.");
    }

    /// <summary>Where records appended to an address go. What comes to a room that keeps no history is for whoever listens there now.</summary>
    /// <exception cref="GrpcException">As <see cref="Find"/>.</exception>
    public AppendTarget FindTarget(string project, string address)
    {
        var stream = Find(project, address);
        var isRoom = stream.Stream is { Kind: StreamKind.Room, Project: StreamName.DefaultProject };
        return new AppendTarget(stream.Stream, isRoom ? (segment, options) => PublishAsync(stream, segment, options) : stream.AppendAsync, stream.Key);
    }

    /// <summary>The consumer groups of a stream or of a view.</summary>
    /// <exception cref="GrpcException">INVALID_ARGUMENT: it has none, or the group's name is not right.</exception>
    public IConsumerGroups FindGroups(string project, string address, string group)
    {
        var groups = FindGroups(project, address);
        if (group.Length == 0) throw Wrong("group is missing: claims of this stream are its consumer groups'.");
        if (group.StartsWith(StreamName.InnerMark)) throw Wrong("group: names that begin with U+001F are the server's own.");
        CheckGroup("group", group);
        return groups;
    }

    public IConsumerGroups FindGroups(string project, string address) => Find(project, address).Groups
        ?? throw Wrong($"stream: {address} has no consumer groups; a queue's claims are for all.");

    /// <exception cref="GrpcException">INVALID_ARGUMENT: the name of a group or a consumer is too long.</exception>
    public static void CheckGroup(string field, string name)
    {
        var bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes > GroupNameBytesMax) throw Wrong($"{field} may have at most {GroupNameBytesMax} bytes; it has {bytes}.");
    }

    private async ValueTask<AppendResult> PublishAsync(AddressedStream room, ReadOnlyMemory<byte> segment, AppendOptions options)
    {
        var result = await room.AppendAsync(segment, options).ConfigureAwait(false);
        if (result is not AppendResult.NoSuchStream || options.MustExist) return result;
        await mesh.Rooms.PublishAsync(room.Stream, segment).ConfigureAwait(false);
        return new AppendResult.Appended(default, Sequence.None, Segment.CountOf(segment.Span), RecordTime.None, RingId.None);
    }

    public static GrpcException Wrong(string what) => new(StatusCode.InvalidArgument, what);
}
