namespace Mesh.Testing.Doors;

/// <summary>One stream as one protocol shows it. A further door is a further heir.</summary>
public abstract class StreamDoor
{
    /// <summary>False where the protocol only shows such streams.</summary>
    public virtual bool Publishes => true;

    /// <summary>Publishes a number, in the form in which the protocol carries bodies, and returns when it is stored.</summary>
    public abstract Task PublishAsync(int number);

    /// <summary>All records, in the order in which the protocol shows them.</summary>
    public abstract Task<IReadOnlyList<Seen>> ReadAsync();

    /// <summary>A record.</summary>
    /// <param name="Sequence">Its place; null where the protocol does not show it.</param>
    /// <param name="Number">What was published.</param>
    public readonly record struct Seen(long? Sequence, int Number);
}
