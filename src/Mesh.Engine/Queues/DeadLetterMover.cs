namespace Mesh.Engine.Queues;

/// <summary>
/// Takes records of one queue, or of one consumer group, to the queue for its dead letters: each append says where its record comes from, so that a repeat, however late, is known there;
/// and once a record is gone here for good, the next append says that it need not be known any more. Thread-safe.
/// </summary>
/// <param name="targets">Gives the other queue.</param>
/// <param name="mover">As in <see cref="MoveOrigin.Mover"/>.</param>
internal sealed class DeadLetterMover(DeadLetterTarget targets, long mover = 0)
{
    /// <summary>Settled moves told with one append at most; of more than that the oldest are not told, and the other queue keeps them until it holds too many.</summary>
    private const int SettledMax = 1000;

    private readonly Lock _change = new();
    private readonly List<Sequence> _settled = [];
    private (StreamNumber Source, StreamName Target) _settledOf;

    /// <param name="source">The stream they come from.</param>
    /// <param name="target">The queue they go to.</param>
    /// <param name="letters">The records, each as it goes.</param>
    /// <returns>Those that the other queue did not take.</returns>
    public async ValueTask<HashSet<Sequence>> MoveAsync(StreamNumber source, StreamName target, IReadOnlyList<DeadLetter> letters)
    {
        if (letters.Count == 0) return [];
        var log = targets(target);
        var told = SettledFor(source, target);
        var moves = new List<Task<AppendResult>>(letters.Count);
        foreach (var letter in letters)
        {
            var origin = new MoveOrigin(source, letter.Sequence, moves.Count == 0 ? told : []) { Mover = mover };
            moves.Add(log.AppendAsync(letter.Segment, new AppendOptions { Origin = origin }).AsTask());
        }

        var results = await Task.WhenAll(moves);
        if (results[0] is AppendResult.Appended) Tell(told);
        return letters.Where((_, i) => results[i] is not (AppendResult.Appended or AppendResult.Duplicate)).Select(letter => letter.Sequence).ToHashSet();
    }

    /// <summary>Moved records are gone here for good.</summary>
    public void Settle(StreamNumber source, StreamName target, IEnumerable<Sequence> moved)
    {
        lock (_change)
        {
            if (_settledOf != (source, target)) _settled.Clear();
            _settledOf = (source, target);
            _settled.AddRange(moved);
            if (_settled.Count > SettledMax) _settled.RemoveRange(0, _settled.Count - SettledMax);
        }
    }

    private Sequence[] SettledFor(StreamNumber source, StreamName target)
    {
        lock (_change) return _settledOf == (source, target) ? [.. _settled] : [];
    }

    private void Tell(Sequence[] told)
    {
        var known = told.ToHashSet();
        lock (_change) _settled.RemoveAll(known.Contains);
    }
}

/// <summary>A record as it goes to another queue.</summary>
/// <param name="Sequence">Its place in the queue it comes from.</param>
/// <param name="Segment">Its new segment.</param>
internal readonly record struct DeadLetter(Sequence Sequence, ReadOnlyMemory<byte> Segment);
