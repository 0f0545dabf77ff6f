using Mesh.Engine.Log;
using Mesh.Frames;

namespace Mesh.Engine.Rings;

/// <summary>A ring: a log whose records have Redis ids, which is trimmed and deleted from by hand.</summary>
public sealed class RingActor(StreamName name, EngineContext engine) : RingKeeper(name, engine), IRing
{
    private protected override AppendResult? ReadIds(ReadOnlySpan<byte> segment, out ExplicitIds? ids)
    {
        ids = null;
        if (!RingSegment.TryReadIds(segment, out var first, out var last, out var ascends))
            return Log!.HasIdsFor(Segment.CountOf(segment)) ? null : new AppendResult.IdNotGreater(Log.PendingLastId);
        if (!ascends || first <= Log!.PendingLastId) return new AppendResult.IdNotGreater(Log!.PendingLastId);
        ids = new ExplicitIds(first, last);
        return null;
    }
}
