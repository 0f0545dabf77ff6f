using System.Buffers;
using System.Buffers.Text;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Rse;

/// <summary>One event in the form of Server-Sent Events: its id, and as its data the object that a read gives.</summary>
internal static class SseText
{
    private const int NumberBytesMax = 20;

    public static void Write(IBufferWriter<byte> output, in RecordView record, RecordTime now)
    {
        output.Write("id: "u8);
        Utf8Formatter.TryFormat(record.Time.Micros, output.GetSpan(NumberBytesMax), out var digits);
        output.Advance(digits);
        output.Write("\n"u8);
        if (record.Body.IndexOfAny((byte)'\r', (byte)'\n') < 0)
        {
            output.Write("data: "u8);
            EventText.Write(output, record, now);
            output.Write("\n\n"u8);
            return;
        }

        var whole = new ArrayBufferWriter<byte>(EventText.BytesOf(record, now));
        EventText.Write(whole, record, now);
        SseLines.Write(output, whole.WrittenSpan);
        output.Write("\n"u8);
    }
}
