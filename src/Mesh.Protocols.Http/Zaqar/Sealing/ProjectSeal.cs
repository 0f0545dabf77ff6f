using Mesh.Frames;

namespace Mesh.Protocols.Http.Zaqar.Sealing;

/// <summary>Adds sealed records of one project to a segment.</summary>
internal sealed class ProjectSeal(MessageSeal seal, string project)
{
    /// <summary>Adds a record whose body is sealed; its type goes into the seal.</summary>
    public void Add(SegmentWriter segment, RecordFields fields, ReadOnlySpan<byte> body)
    {
        var sealedBody = seal.Seal(fields.ContentType, body, project);
        fields.ContentType = ContentType.Sealed;
        segment.Add(fields, sealedBody);
    }
}
