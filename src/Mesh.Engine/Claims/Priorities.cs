namespace Mesh.Engine.Claims;

/// <summary>
/// The order in which records are handed out: by priority, the highest first, and then by sequence. Knows only records whose priority is not 0, so that a queue
/// without any pays nothing. Not thread-safe.
/// </summary>
internal sealed class Priorities
{
    /// <summary>Sequences take so many bits of a place in the order.</summary>
    private const int SequenceBits = 56;

    private readonly Dictionary<long, int> _bySequence = [];

    /// <summary>Records whose priority is not 0.</summary>
    public IReadOnlyDictionary<long, int> All => _bySequence;

    /// <summary>A number that is smaller the sooner the record is handed out.</summary>
    public long PlaceOf(long sequence) => _bySequence.Count > 0 && _bySequence.TryGetValue(sequence, out var priority) ? sequence - ((long)priority << SequenceBits) : sequence;

    /// <summary>The record that has a place.</summary>
    public static long SequenceAt(long place) => place & ((1L << SequenceBits) - 1);

    public void Set(long sequence, int priority) => _bySequence[sequence] = priority;

    public void Forget(long sequence) => _bySequence.Remove(sequence);

    public void ForgetBelow(long low)
    {
        foreach (var (sequence, _) in _bySequence)
            if (sequence < low) _bySequence.Remove(sequence);
    }
}
