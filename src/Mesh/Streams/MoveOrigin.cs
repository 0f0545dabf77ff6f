namespace Mesh;

/// <summary>Says that an append moves one record here from another stream. However often and however late it is tried again, it is made once.</summary>
/// <param name="Stream">The stream that the record comes from.</param>
/// <param name="Sequence">Its place there.</param>
/// <param name="Settled">Records of that stream that were moved here before and are gone there for good: they never come again, and need not be known any more.</param>
public readonly record struct MoveOrigin(StreamNumber Stream, Sequence Sequence, IReadOnlyList<Sequence> Settled)
{
    /// <summary>Who moves it: 0 for the stream itself, else one of its consumer groups. Each moves a record once for itself.</summary>
    public long Mover { get; init; }
}
