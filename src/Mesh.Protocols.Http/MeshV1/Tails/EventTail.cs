using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Mesh.Frames;
using Mesh.Protocols.Http.MeshV1.Records;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Tails;

/// <summary>
/// A tail as Server-Sent Events (WHATWG HTML, section 9.2): the data of each is a record as reads show it, its id the record's sequence, so that a browser that comes
/// again goes on behind it. Whoever does not read is waited for, and holds nobody else back.
/// </summary>
internal static class EventTail
{
    private const int UnflushedBytesMax = 64 * 1024;

    public static async Task RunAsync(HttpResponse response, TailCursor cursor, CancellationToken cancel)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        var output = response.BodyWriter;
        output.Write("retry: 1000\n\n"u8);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        var text = new ArrayBufferWriter<byte>();
        while (true)
        {
            var page = await cursor.ReadAsync(cancel).ConfigureAwait(false);
            if (cursor.Missed > 0) WriteMissed(output, cursor.Missed);
            foreach (var slice in page.Slices)
            {
                Write(output, slice, text);
                if (output.UnflushedBytes > UnflushedBytesMax) await output.FlushAsync(cancel).ConfigureAwait(false);
            }

            // Nothing for long: the id alone, so that whoever comes again need not have the same looked through for it.
            if (output.UnflushedBytes == 0 && !await cursor.WaitAsync(TailResource.Heartbeat, cancel).ConfigureAwait(false)) WriteId(output, cursor.Next.Value - 1);
            if (output.UnflushedBytes > 0) await output.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    private static void Write(PipeWriter output, BatchSlice slice, ArrayBufferWriter<byte> text)
    {
        using var json = new Utf8JsonWriter(text, V1Answers.Form);
        foreach (var record in slice)
        {
            text.ResetWrittenCount();
            json.Reset();
            RecordJson.Write(json, record);
            json.Flush();
            output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {record.Sequence.Value}\n")));
            SseLines.Write(output, text.WrittenSpan);
            output.Write("\n"u8);
        }
    }

    private static void WriteMissed(PipeWriter output, long missed) =>
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: missed\ndata: {{\"records\":{missed}}}\n\n")));

    private static void WriteId(PipeWriter output, long sequence)
    {
        if (sequence > 0) output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {sequence}\n\n")));
        else output.Write(":\n\n"u8);
    }
}
