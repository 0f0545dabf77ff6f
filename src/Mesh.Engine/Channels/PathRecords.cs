using Mesh.Engine.Log;

namespace Mesh.Engine.Channels;

/// <summary>
/// The records at one path, or below it, by their number in the index, oldest first. Neighbours of one producer form a run, so that a reader passes over what it
/// published itself in one step, however much that is. Not thread-safe.
/// </summary>
internal sealed class PathRecords
{
    private readonly Deque<long> _ordinals = new();
    private readonly Deque<Run> _runs = new();
    private long _gone;

    public int Count => _ordinals.Count;

    public long this[int index] => _ordinals[index];

    public void Add(long ordinal, ChannelIndex.Producer producer)
    {
        if (_runs.Count == 0 || _runs[_runs.Count - 1].Producer != producer) _runs.Add(new Run(_gone + Count, producer));
        _ordinals.Add(ordinal);
    }

    public void RemoveFirst()
    {
        _ordinals.RemoveFirst();
        _gone++;
        if (Count == 0) _runs.RemoveFirst(_runs.Count);
        else if (_runs.Count > 1 && _runs[1].Start <= _gone) _runs.RemoveFirst();
    }

    /// <summary>The run that holds the record at an index.</summary>
    public int RunOf(int index) => _runs.FindLast(_gone + index, static (run, position) => run.Start > position);

    public ChannelIndex.Producer ProducerOf(int run) => _runs[run].Producer;

    /// <summary>Index of a run's first record.</summary>
    public int StartOf(int run) => (int)Math.Max(0, _runs[run].Start - _gone);

    /// <summary>Index after a run's last record.</summary>
    public int EndOf(int run) => run + 1 < _runs.Count ? (int)(_runs[run + 1].Start - _gone) : Count;

    /// <param name="Start">Place of its first record among all that there ever were.</param>
    /// <param name="Producer">Who published them.</param>
    private readonly record struct Run(long Start, ChannelIndex.Producer Producer);
}
