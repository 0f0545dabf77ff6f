using Mesh.Protocols.Grpc.Appends;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Where a client's records go.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Append">Appends a segment.</param>
/// <param name="Key">The key that all of them have, when the address names a view.</param>
internal sealed record AppendTarget(StreamName Stream, Append Append, string? Key)
{
    /// <summary>Longest time to live or delay of a record, in seconds: ten years.</summary>
    public const long SpanSecondsMax = 10L * 366 * 24 * 60 * 60;

    public StreamKind Kind => Stream.Kind;
}
