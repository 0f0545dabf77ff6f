namespace Mesh.Testing.Doors;

/// <summary>One stream as one protocol shows it. A further door is a further heir. Thread-safe.</summary>
public abstract class StreamDoor
{
    /// <summary>Bounds every wait of these clients.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    /// <summary>False where the protocol only shows such streams.</summary>
    public virtual bool Publishes => true;

    /// <summary>False where the protocol shows no stream but while it is followed.</summary>
    public virtual bool Reads => true;

    /// <summary>Publishes a number, in the form in which the protocol carries bodies, and returns when it is stored.</summary>
    public abstract Task PublishAsync(int number);

    /// <summary>All records, in the order in which the protocol shows them.</summary>
    /// <param name="records">How many there are: a protocol that never says that it has shown all is believed to have done so then.</param>
    public abstract Task<IReadOnlyList<Seen>> ReadAsync(int records);

    /// <summary>Begins to follow: what is published after the call is heard.</summary>
    /// <returns>Null where the protocol has no such thing.</returns>
    public virtual Task<StreamTail?> TailAsync() => Task.FromResult<StreamTail?>(null);

    /// <summary>Claims some records that nobody has claimed by this protocol, and acknowledges them.</summary>
    /// <returns>Null where the protocol has no such thing; none when there is none at the moment.</returns>
    public virtual Task<IReadOnlyList<Seen>?> ClaimAsync() => Task.FromResult<IReadOnlyList<Seen>?>(null);

    public override string ToString() => GetType().Name;

    /// <summary>A record.</summary>
    /// <param name="Sequence">Its place; null where the protocol does not show it.</param>
    /// <param name="Number">What was published.</param>
    public readonly record struct Seen(long? Sequence, int Number);
}
