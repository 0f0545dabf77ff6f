using System.Buffers.Binary;
using System.IO.Pipelines;
using Mesh.Frames;

namespace Mesh.Protocols.Rotera;

/// <summary>Messages that stand next to one another, as one answer carries them (rotera specification, section 2.4).</summary>
internal sealed class RoteraFrame
{
    private const int HeaderBytes = 24;

    private readonly List<RecordPage> _pages = [];

    private RoteraFrame(long first) => First = first;

    /// <summary>Id of the first message; of an empty frame, where the reader stands.</summary>
    public long First { get; private set; }

    public int Count { get; private set; }

    /// <summary>Reads up to <paramref name="count"/> messages from an id, or from the oldest when that is gone. Nothing waits.</summary>
    /// <param name="ring">Where they are.</param>
    /// <param name="first">Negative reads from the oldest.</param>
    /// <param name="count">0 reads none.</param>
    /// <param name="bytesMax">Stored bytes after which no further page is read.</param>
    /// <param name="cancel">Ends the reading.</param>
    public static async ValueTask<RoteraFrame> ReadAsync(IRing ring, long first, int count, long bytesMax, CancellationToken cancel)
    {
        var state = await ring.StateAsync(cancel).ConfigureAwait(false);
        var frame = new RoteraFrame(Math.Max(first, state.LowWatermark.Value - 1));
        if (frame.First == long.MaxValue) return frame;
        var isWhole = true;
        for (var left = bytesMax; isWhole && frame.Count < count && left > 0;)
        {
            var from = new Sequence(frame.First + frame.Count + 1);
            var page = await ring.ReadAsync(new ReadQuery { From = from, RecordsMax = Math.Min(count - frame.Count, ReadQuery.RecordsLimit) }, cancel).ConfigureAwait(false);
            if (page.Count == 0) break;
            isWhole = frame.Add(page, out var bytes);
            left -= bytes;
        }

        return frame;
    }

    /// <summary>An answer without messages.</summary>
    public static RoteraFrame Nothing(long first) => new(first);

    /// <summary>Writes the frame; a reader that takes nothing is waited for.</summary>
    public async ValueTask WriteAsync(PipeWriter output, ulong mark, CancellationToken cancel)
    {
        WriteHead(output, mark);
        var left = Count;
        foreach (var page in _pages)
        {
            WriteBodies(output, page, ref left);
            await output.FlushAsync(cancel).ConfigureAwait(false);
        }

        if (_pages.Count == 0) await output.FlushAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Takes the messages that follow those it has; after a gap it takes no more, for a frame has none.</summary>
    /// <returns>False at a gap.</returns>
    private bool Add(RecordPage page, out long bytes)
    {
        bytes = 0;
        var had = Count;
        foreach (var record in page)
        {
            var id = record.Sequence.Value - 1;
            if (Count == 0) First = id;
            if (id != First + Count) break;
            Count++;
            bytes += record.Body.Length + FrameFormat.RecordOverheadBytesMin;
        }

        if (Count > had) _pages.Add(page);
        return Count - had == page.Count;
    }

    private void WriteHead(PipeWriter output, ulong mark)
    {
        var head = output.GetSpan(HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(head, mark);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], First);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], Count);
        output.Advance(HeaderBytes);
        var left = Count;
        foreach (var page in _pages)
            foreach (var record in page)
            {
                if (left-- <= 0) return;
                BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), RoteraMessage.Of(record).Length);
                output.Advance(sizeof(int));
            }
    }

    private static void WriteBodies(PipeWriter output, RecordPage page, ref int left)
    {
        foreach (var record in page)
        {
            if (left-- <= 0) return;
            var message = RoteraMessage.Of(record);
            message.CopyTo(output.GetSpan(Math.Max(1, message.Length)));
            output.Advance(message.Length);
        }
    }
}
