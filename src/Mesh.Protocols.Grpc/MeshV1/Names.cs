using System.Text;
using Mesh.Addresses;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Finds what requests name. Thread-safe.</summary>
internal sealed class Names(AddressResolver resolver)
{
    /// <summary>Bytes of a project's name as UTF-8, at the most.</summary>
    public const int ProjectBytesMax = 256;

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

    /// <summary>As <see cref="Find"/>, of a stream with a log.</summary>
    /// <exception cref="GrpcException">As there; FAILED_PRECONDITION when it keeps no records.</exception>
    public (AddressedStream Stream, IStreamLog Log) FindLog(string project, string address)
    {
        var stream = Find(project, address);
        return (stream, stream.Log ?? throw new GrpcException(ErrorMap.NoLog(stream.Address)));
    }

    /// <summary>As <see cref="Find"/>, of a stream as a whole.</summary>
    /// <exception cref="GrpcException">INVALID_ARGUMENT too when the address names a view.</exception>
    public AddressedStream FindWhole(string project, string address)
    {
        var stream = Find(project, address);
        return stream.Key is null ? stream : throw Wrong($"stream: {address} names the records of one key. Name the stream as a whole: {StreamAddress.Of(stream.Stream)}.");
    }

    /// <summary>Where records appended to an address go.</summary>
    /// <exception cref="GrpcException">As <see cref="FindLog"/>.</exception>
    public AppendTarget FindTarget(string project, string address)
    {
        var (stream, _) = FindLog(project, address);
        return new AppendTarget(stream.Stream, stream.AppendAsync, stream.Key);
    }

    public static GrpcException Wrong(string what) => new(StatusCode.InvalidArgument, what);
}
