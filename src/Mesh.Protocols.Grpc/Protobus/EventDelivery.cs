using System.Buffers;
using System.IO.Pipelines;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// Writes stored events as messages: the stored bytes, and behind them what the subscriber asked for beside. Nothing is decoded or encoded again, but for records that
/// another door appended to a topic (<see cref="ForeignEvent"/>). One flow at a time.
/// </summary>
/// <param name="withPositions">Each event carries its partition and sequence.</param>
internal sealed class EventDelivery(bool withPositions)
{
    private readonly ArrayBufferWriter<byte> _tail = new(64);
    private readonly ArrayBufferWriter<byte> _foreign = new();

    /// <summary>Writes events of a run until it ends or <paramref name="bytesMax"/> is reached; at least one.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="partition">Where the events are.</param>
    /// <param name="events">The run; at least one record.</param>
    /// <param name="bytesMax">When to stop, in bytes written.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>What is left of the run.</returns>
    public BatchSlice Write(PipeWriter output, in StreamName partition, in BatchSlice events, int bytesMax, out long written)
    {
        var window = new OutputWindow(output);
        Span<byte> header = stackalloc byte[FrameHeader.Bytes];
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
            var body = BodyOf(record);
            WriteTail(partition, record);
            FrameHeader.Write(header, body.Length + _tail.WrittenCount);
            window.Write(header);
            window.Write(body);
            window.Write(_tail.WrittenSpan);
        }

        window.Close();
        written = window.Written;
        return left;
    }

    /// <summary>Writes all events of a run to a call that packs its messages.</summary>
    /// <returns>Bytes written.</returns>
    public long WritePacked(GrpcCall call, in StreamName partition, in BatchSlice events)
    {
        var message = new ArrayBufferWriter<byte>();
        long written = 0;
        foreach (var record in events)
        {
            message.ResetWrittenCount();
            WriteTail(partition, record);
            message.Write(BodyOf(record));
            message.Write(_tail.WrittenSpan);
            written += call.Write(message.WrittenSpan);
        }

        return written;
    }

    /// <summary>Bytes of one event as a message; <see cref="WriteMeasured"/> writes it.</summary>
    public int Measure(in RecordView record)
    {
        var body = BodyOf(record);
        WriteTail(default, record);
        return body.Length + _tail.WrittenCount;
    }

    /// <summary>Writes the event that was measured last, without a frame.</summary>
    public void WriteMeasured(IBufferWriter<byte> target, in RecordView record)
    {
        target.Write(BodyOf(record));
        target.Write(_tail.WrittenSpan);
    }

    private ReadOnlySpan<byte> BodyOf(in RecordView record)
    {
        if (record.ContentType == ContentType.ProtobusEvent) return record.Body;
        _foreign.ResetWrittenCount();
        ForeignEvent.Write(_foreign, record);
        return _foreign.WrittenSpan;
    }

    /// <summary>What stands behind the stored bytes. An event of before there were stamps came in when the log took it.</summary>
    private void WriteTail(in StreamName partition, in RecordView record)
    {
        _tail.ResetWrittenCount();
        if (!(record.ContentType == ContentType.ProtobusEvent && EventFields.IsStamped(record.Body)))
            _tail.Advance(EventFields.WriteReceiveTime(_tail.GetSpan(TimestampField.BytesMax), record.Time.Micros * 1000));
        if (withPositions) EventFields.WritePosition(_tail, partition.Name, record.Sequence);
    }
}
