namespace Mesh.Protocols.Resp.Commands;

/// <summary>
/// Commands of one kind and one connection that wait together, so that a pipeline of them does not wait for each. A command of another kind runs after them.
/// Not thread-safe.
/// </summary>
internal abstract class PipelineGroup
{
    /// <summary>True when every command of the kind so far is answered.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>True when what waits is to be answered before more is taken.</summary>
    public abstract bool IsFull { get; }

    /// <summary>Waits until all are done and writes their replies, in order.</summary>
    public abstract ValueTask FinishAsync();
}
