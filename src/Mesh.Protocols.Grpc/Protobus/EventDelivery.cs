using System.IO.Pipelines;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// Writes stored events as messages: the stored bytes, and behind them when the log took them. Nothing is decoded or encoded again.
/// </summary>
internal static class EventDelivery
{
    /// <summary>Writes events of a run until it ends or <paramref name="bytesMax"/> is reached; at least one.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="events">The run; at least one record.</param>
    /// <param name="bytesMax">When to stop, in bytes written.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>What is left of the run.</returns>
    public static BatchSlice Write(PipeWriter output, in BatchSlice events, int bytesMax, out long written)
    {
        var window = new OutputWindow(output);
        Span<byte> header = stackalloc byte[FrameHeader.Bytes];
        Span<byte> receiveTime = stackalloc byte[TimestampField.BytesMax];
        var left = events with { Count = 0 };
        var walker = events.GetEnumerator();
        while (walker.MoveNext())
        {
            if (window.Written >= bytesMax)
            {
                left = new BatchSlice(events.Batch, walker.Offset, walker.Index, events.Index + events.Count - walker.Index);
                break;
            }

            var record = walker.Current;
            var timeBytes = EventFields.WriteReceiveTime(receiveTime, record.Time);
            FrameHeader.Write(header, record.Body.Length + timeBytes);
            window.Write(header);
            window.Write(record.Body);
            window.Write(receiveTime[..timeBytes]);
        }

        window.Close();
        written = window.Written;
        return left;
    }
}
