using System.Diagnostics;
using Mesh.Topics;

namespace Mesh.Addresses;

/// <summary>Finds what addresses name. Asks no storage: a stream need not exist. Thread-safe.</summary>
/// <param name="mesh">That holds the streams.</param>
/// <param name="topics">Where topics go. Subscribers to topics hear of those of the default project.</param>
public sealed class AddressResolver(IMesh mesh, TopicPartitions topics)
{
    /// <param name="address">What is meant.</param>
    /// <param name="project">The tenant within which it is.</param>
    public AddressedStream Resolve(StreamAddress address, string project = StreamName.DefaultProject)
    {
        var stream = new StreamName(project, KindOf(address.Kind), address.Name);
        return address.Kind switch
        {
            AddressKind.Channel => new AddressedStream(address, stream, mesh.Channel(stream), address.Key),
            AddressKind.Queue => new AddressedStream(address, stream, mesh.Queue(stream), null),
            AddressKind.Ring => new AddressedStream(address, stream, mesh.Ring(stream), null),
            AddressKind.Topic => OfTopic(address, project),
            AddressKind.Partition => new AddressedStream(address, stream, mesh.Partition(stream), null),
            AddressKind.Room => new AddressedStream(address, stream, mesh.Room(stream), null),
            _ => throw new UnreachableException($"No stream for {address}."),
        };
    }

    private AddressedStream OfTopic(StreamAddress address, string project)
    {
        var home = topics.Homes.HomeOf(address.Name).Partition with { Project = project };
        return new AddressedStream(address, home, mesh.Partition(home), address.Name) { Topics = project == StreamName.DefaultProject ? topics : null };
    }

    private static StreamKind KindOf(AddressKind kind) => kind switch
    {
        AddressKind.Channel => StreamKind.Channel,
        AddressKind.Queue => StreamKind.Queue,
        AddressKind.Ring => StreamKind.Ring,
        AddressKind.Topic or AddressKind.Partition => StreamKind.Partition,
        AddressKind.Room => StreamKind.Room,
        _ => throw new UnreachableException($"No kind of stream for {kind}."),
    };
}
