using System.IO.Pipelines;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>
/// Writes the records of a page as field 1 of messages, and behind them what else the message says: <c>ReadResponse</c>, <c>TailResponse</c> and <c>ClaimResponse</c> are
/// laid out alike. A message ends before it outgrows a bound; the next one goes on. Walks the page once to measure and once to write. Not thread-safe.
/// </summary>
/// <param name="page">The records.</param>
/// <param name="claims">What claims say of the record at an index; null when nothing.</param>
internal sealed class PageWriter(RecordPage page, Func<int, RecordClaim>? claims = null)
{
    private const int RecordsField = 1;

    private int _slice;
    private BatchSlice _left = page.Slices.Count > 0 ? page.Slices[0] : default;
    private int _written;

    /// <summary>True when every record was written.</summary>
    public bool IsDone => _slice >= page.Slices.Count;

    /// <summary>The sequence of the next record to write, or where the page goes on.</summary>
    public Sequence Next => IsDone ? page.Next : BatchHeader.Read(_left.Batch.Span).First.Plus(_left.Index);

    /// <summary>Writes one message.</summary>
    /// <param name="target">Where it goes, with its header.</param>
    /// <param name="bytesMax">Where it ends, if one record at least is in it.</param>
    /// <param name="rest">What stands behind the records, encoded; given where the next message goes on.</param>
    /// <returns>Bytes written.</returns>
    public long Write(PipeWriter target, int bytesMax, Func<Sequence, ReadOnlyMemory<byte>> rest)
    {
        var count = Measure(bytesMax, out var bytes, out var next);
        var tail = rest(next).Span;
        var output = new OutputWindow(target);
        Span<byte> header = stackalloc byte[FrameHeader.Bytes];
        FrameHeader.Write(header, bytes + tail.Length);
        output.Write(header);
        Write(ref output, count);
        output.Write(tail);
        output.Close();
        return output.Written;
    }

    private int Measure(int bytesMax, out int bytes, out Sequence next)
    {
        (bytes, var count) = (0, 0);
        for (var i = _slice; i < page.Slices.Count; i++)
        {
            var walker = (i == _slice ? _left : page.Slices[i]).GetEnumerator();
            while (walker.MoveNext())
            {
                var record = walker.Current;
                var more = RecordMessage.FieldBytes(RecordMessage.Measure(record, ClaimOf(_written + count)));
                if (count > 0 && bytes + more > bytesMax)
                {
                    next = record.Sequence;
                    return count;
                }

                bytes += more;
                count++;
            }
        }

        next = page.Next;
        return count;
    }

    private void Write(ref OutputWindow output, int count)
    {
        while (count > 0)
        {
            var walker = _left.GetEnumerator();
            var taken = 0;
            while (taken < count && walker.MoveNext())
            {
                var record = walker.Current;
                var claim = ClaimOf(_written++);
                RecordMessage.Head(ref output, RecordsField, RecordMessage.Measure(record, claim));
                RecordMessage.Write(ref output, record, claim);
                taken++;
            }

            count -= taken;
            Advance(taken, walker);
        }
    }

    private void Advance(int taken, BatchSlice.Walker walker)
    {
        if (taken < _left.Count)
        {
            walker.MoveNext();
            _left = new BatchSlice(_left.Batch, walker.Offset, walker.Index, _left.Count - taken);
        }
        else if (++_slice < page.Slices.Count)
        {
            _left = page.Slices[_slice];
        }
    }

    private RecordClaim ClaimOf(int index) => claims is null ? default : claims(index);
}
