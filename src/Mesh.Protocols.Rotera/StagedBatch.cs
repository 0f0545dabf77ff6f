namespace Mesh.Protocols.Rotera;

/// <summary>One push, encoded.</summary>
/// <param name="Segment">As the mesh takes it.</param>
/// <param name="Messages">How many it holds.</param>
/// <param name="Id">Sent with every try to append it, so that one that came through unheard is not stored twice.</param>
internal sealed record StagedBatch(ReadOnlyMemory<byte> Segment, int Messages, ReadOnlyMemory<byte> Id);
