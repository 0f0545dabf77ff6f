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
        output.Write("\ndata: "u8);
        if (record.Body.IndexOfAny((byte)'\r', (byte)'\n') < 0) EventText.Write(output, record, now);
        else WriteLines(output, record, now);
        output.Write("\n\n"u8);
    }

    /// <summary>A line end, which JSON has between tokens only, would end the field: what follows it is a field of the same name.</summary>
    private static void WriteLines(IBufferWriter<byte> output, in RecordView record, RecordTime now)
    {
        var whole = new ArrayBufferWriter<byte>(EventText.BytesOf(record, now));
        EventText.Write(whole, record, now);
        var rest = whole.WrittenSpan;
        for (var end = rest.IndexOfAny((byte)'\r', (byte)'\n'); end >= 0; end = rest.IndexOfAny((byte)'\r', (byte)'\n'))
        {
            output.Write(rest[..end]);
            output.Write("\ndata: "u8);
            rest = rest[(end + (rest[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }

        output.Write(rest);
    }
}
