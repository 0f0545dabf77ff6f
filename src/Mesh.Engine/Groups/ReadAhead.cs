using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>
/// Records that were read from storage for one consumer, and are there for the next: consumers that compete for a stream that is no longer in memory would each
/// read the same again, and all but one in vain. A page never changes; whoever takes of it keeps to the watermarks and to what is deleted since.
/// </summary>
internal sealed class ReadAhead
{
    /// <summary>Records read at once, at least.</summary>
    public const int RecordsMin = 1000;

    private readonly StreamNumber _stream;
    private readonly Sequence _first;
    private readonly RecordPage _page;

    /// <summary>Of each slice, the sequence it begins with.</summary>
    private readonly long[] _begins;

    /// <param name="stream">Whose records they are.</param>
    /// <param name="first">The sequence that the page was read from.</param>
    /// <param name="page">All that there is from there to the page's end.</param>
    /// <param name="reader">The group it was read for.</param>
    public ReadAhead(StreamNumber stream, Sequence first, RecordPage page, ConsumerGroup? reader)
    {
        Reader = reader;
        _stream = stream;
        _first = first;
        _page = page;
        _begins = [.. page.Slices.Select(slice => BatchHeader.Read(slice.Batch.Span).First.Value + slice.Index)];
    }

    /// <summary>The group it was read for; others may take of it too.</summary>
    public ConsumerGroup? Reader { get; }

    /// <summary>Of the batches that the records are in.</summary>
    public long Bytes => _page.Slices.Sum(slice => (long)slice.Batch.Length);

    /// <summary>The next records from a sequence on.</summary>
    /// <param name="stream">Whose.</param>
    /// <param name="from">The sequence.</param>
    /// <param name="recordsMax">At most so many.</param>
    /// <returns>At least one; null when none is here.</returns>
    public RecordPage? TryTake(StreamNumber stream, Sequence from, int recordsMax)
    {
        if (stream != _stream || from < _first || from >= _page.Next) return null;
        var found = Array.BinarySearch(_begins, from.Value);
        var slices = new List<BatchSlice>();
        var next = from;
        for (var i = found >= 0 ? found : Math.Max(0, ~found - 1); i < _begins.Length && recordsMax > 0; i++)
        {
            if (_page.Slices[i].Within(from, Sequence.Max) is not { } rest) continue;
            var part = rest.Count > recordsMax ? rest.Part(0, recordsMax) : rest;
            slices.Add(part);
            recordsMax -= part.Count;
            next = new Sequence(_begins[i] + (_page.Slices[i].Count - rest.Count) + part.Count);
        }

        return slices.Count > 0 ? new RecordPage(slices, recordsMax > 0 ? _page.Next : next, _page.LowWatermark, _page.HighWatermark) : null;
    }
}
