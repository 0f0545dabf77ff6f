using Mesh.Frames;

namespace Mesh;

/// <summary>Records as they are stored, in the order asked for, and where to read on. The bytes stay good as long as the page is held.</summary>
public sealed class RecordPage
{
    /// <param name="slices">Runs of records; within a run always ascending.</param>
    /// <param name="next">Where to read on.</param>
    /// <param name="lowWatermark">The oldest record that there is or will be.</param>
    /// <param name="highWatermark">The newest record there is.</param>
    public RecordPage(IReadOnlyList<BatchSlice> slices, Sequence next, Sequence lowWatermark, Sequence highWatermark)
    {
        Slices = slices;
        Next = next;
        LowWatermark = lowWatermark;
        HighWatermark = highWatermark;
        var count = 0;
        for (var i = 0; i < slices.Count; i++) count += slices[i].Count;
        Count = count;
    }

    /// <summary>Runs of records. Reading backwards, each run holds one record.</summary>
    public IReadOnlyList<BatchSlice> Slices { get; }

    public int Count { get; }

    /// <summary>The sequence from which the same query goes on (backwards: the next lower one).</summary>
    public Sequence Next { get; }

    public Sequence LowWatermark { get; }

    public Sequence HighWatermark { get; }

    /// <summary>The stream that was read: another one when a stream of this name was deleted and made again. Null where there was none, and in pages that are made of others.</summary>
    public StreamNumber? Stream { get; init; }

    /// <summary>Whether the page is known to be of another stream than one that was read before under the same name.</summary>
    /// <param name="before">Null when none is known.</param>
    public bool IsOfAnother(StreamNumber? before) => Stream is { } stream && before is { } known && stream != known;

    public static RecordPage Empty(Sequence next, Sequence low, Sequence high) => new([], next, low, high);

    /// <summary>Walks all records without allocating: <c>foreach (var record in page)</c>.</summary>
    public Walker GetEnumerator() => new(Slices);

    /// <summary>Walks the records of all runs.</summary>
    public ref struct Walker(IReadOnlyList<BatchSlice> slices)
    {
        private readonly IReadOnlyList<BatchSlice> _slices = slices;
        private int _next;
        private BatchSlice.Walker _walker;

        public readonly RecordView Current => _walker.Current;

        public bool MoveNext()
        {
            if (_next > 0 && _walker.MoveNext()) return true;
            while (_next < _slices.Count)
            {
                _walker = _slices[_next++].GetEnumerator();
                if (_walker.MoveNext()) return true;
            }

            return false;
        }
    }
}
