using Mesh.Engine.Log;
using Mesh.Frames;

namespace Mesh.Engine.Rings;

/// <summary>A ring: a log whose records have Redis ids, which is trimmed and deleted from by hand.</summary>
public sealed class RingActor : RingKeeper
{
    public RingActor(StreamName name, EngineContext engine)
        : base(name, engine) => Gated = new GatedRing(this, engine.Clock.Source, engine.Options.StreamPendingBytesMax, engine.Options.RetryAfter);

    /// <summary>The ring for the callers of one process, of whom one may want it alone.</summary>
    public GatedRing Gated { get; }

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
