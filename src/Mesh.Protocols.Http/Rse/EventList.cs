using System.IO.Pipelines;
using System.Text;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Rse;

/// <summary>
/// The text of many events between a head and a tail. Its length is reckoned before it is written, so that it needs no buffer of its own and the answer still
/// says how long it is.
/// </summary>
/// <param name="head">What stands before the events; ASCII.</param>
/// <param name="slices">The events, in order.</param>
/// <param name="tail">What stands after them; ASCII.</param>
/// <param name="now">The clock that ages are told by.</param>
internal readonly struct EventList(string head, IReadOnlyList<BatchSlice> slices, string tail, RecordTime now)
{
    /// <summary>Bytes that may wait in the connection's buffer before the writer waits for the reader.</summary>
    private const int UnflushedBytesMax = 64 * 1024;

    /// <summary>Bytes that <see cref="WriteAsync"/> writes in all.</summary>
    public long Bytes()
    {
        long bytes = head.Length + tail.Length;
        var events = 0;
        for (var i = 0; i < slices.Count; i++)
        {
            foreach (var record in slices[i]) bytes += EventText.BytesOf(record, now);
            events += slices[i].Count;
        }

        return bytes + Math.Max(0, events - 1);
    }

    public async ValueTask WriteAsync(PipeWriter output, CancellationToken cancel)
    {
        WriteAscii(output, head);
        for (var i = 0; i < slices.Count; i++)
        {
            if (i > 0) WriteAscii(output, ",");
            Write(output, slices[i]);
            if (output.UnflushedBytes > UnflushedBytesMax) await output.FlushAsync(cancel).ConfigureAwait(false);
        }

        WriteAscii(output, tail);

        // The server flushes by itself only what was never flushed before.
        await output.FlushAsync(cancel).ConfigureAwait(false);
    }

    private void Write(PipeWriter output, BatchSlice slice)
    {
        var isFirst = true;
        foreach (var record in slice)
        {
            if (!isFirst) WriteAscii(output, ",");
            EventText.Write(output, record, now);
            isFirst = false;
        }
    }

    private static void WriteAscii(PipeWriter output, string text) =>
        output.Advance(Encoding.ASCII.GetBytes(text, output.GetSpan(text.Length)));
}
