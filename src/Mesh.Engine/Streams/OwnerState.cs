namespace Mesh.Engine.Streams;

/// <summary>What an owner knows of its stream.</summary>
internal enum OwnerState
{
    /// <summary>Nothing, or ownership was lost: open it before writing.</summary>
    Closed,
    Missing,
    Open,
}
