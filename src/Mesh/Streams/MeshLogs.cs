namespace Mesh;

/// <summary>Streams by their names alone, whatever their kind.</summary>
public static class MeshLogs
{
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static IStreamLog Log(this IMesh mesh, StreamName name) => name.Kind switch
    {
        StreamKind.Channel => mesh.Channel(name),
        StreamKind.Queue => mesh.Queue(name),
        StreamKind.Ring => mesh.Ring(name),
        StreamKind.Partition => mesh.Partition(name),
        StreamKind.Room => mesh.Room(name),
        _ => throw new ArgumentException($"There is no kind of stream {name.Kind}.", nameof(name)),
    };
}
