using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Mesh.Frames;
using Mesh.Protocols.Http.Bodies;

namespace Mesh.Protocols.Http.Rse;

/// <summary>One event as readers get it (RSE specification, section 2.5), written by hand; its data is copied byte for byte as it was posted.</summary>
internal static class EventText
{
    /// <summary>Name of the tag that keeps the publisher's whole User-Agent header.</summary>
    public static ReadOnlySpan<byte> UserAgentTag => "user-agent"u8;

    private static ReadOnlySpan<byte> IdPart => "{\"id\":"u8;

    private static ReadOnlySpan<byte> UserAgentPart => ",\"user_agent\":\""u8;

    private static ReadOnlySpan<byte> CreatedAtPart => "\",\"created_at\":\""u8;

    private static ReadOnlySpan<byte> AgePart => "\",\"age\":"u8;

    private static ReadOnlySpan<byte> DataPart => ",\"data\":"u8;

    private static readonly JsonWriterOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private const int CreatedAtBytes = 20;
    private const int NumberBytesMax = 20;

    private static readonly int FixedBytes =
        IdPart.Length + UserAgentPart.Length + CreatedAtPart.Length + CreatedAtBytes + AgePart.Length + DataPart.Length + 1;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public static int BytesOf(in RecordView record, RecordTime now)
    {
        var data = IsJson(record) ? record.Body.Length : Shown(record).Length;
        return FixedBytes + Digits(record.Time.Micros) + Escape(UserAgentOf(record)).Length + Digits(AgeOf(record, now)) + data;
    }

    /// <param name="output">Takes the text.</param>
    /// <param name="record">The event. A body that is not JSON, which only another door can have stored, shows by its type.</param>
    /// <param name="now">The clock that its age is told by.</param>
    public static void Write(IBufferWriter<byte> output, in RecordView record, RecordTime now)
    {
        var userAgent = Escape(UserAgentOf(record));
        var target = output.GetSpan(FixedBytes + userAgent.Length + (2 * NumberBytesMax));
        var at = 0;
        Put(target, ref at, IdPart);
        Put(target, ref at, record.Time.Micros);
        Put(target, ref at, UserAgentPart);
        Put(target, ref at, userAgent);
        Put(target, ref at, CreatedAtPart);
        record.Time.ToDateTimeOffset().TryFormat(target[at..], out _, "u", CultureInfo.InvariantCulture);
        at += CreatedAtBytes;
        Put(target, ref at, AgePart);
        Put(target, ref at, AgeOf(record, now));
        Put(target, ref at, DataPart);
        output.Advance(at);
        WriteData(output, record);
    }

    private static void WriteData(IBufferWriter<byte> output, in RecordView record)
    {
        if (IsJson(record))
        {
            output.Write(record.Body);
        }
        else
        {
            output.Write(Shown(record));
        }

        output.Write("}"u8);
    }

    /// <summary>What another door can have stored, as a JSON value: fields as an object, text as a string, and what is no text in base64.</summary>
    private static ReadOnlySpan<byte> Shown(in RecordView record)
    {
        var form = BodyForms.Of(record);
        if (form == BodyForm.Base64 && Utf8.IsValid(record.Body)) form = BodyForm.Text;
        var shown = new ArrayBufferWriter<byte>(record.Body.Length + 64);
        using (var json = new Utf8JsonWriter(shown, Form)) BodyForms.WriteValue(json, form, record.Body);
        return shown.WrittenSpan;
    }

    private static bool IsJson(in RecordView record) => record.ContentType == ContentType.Json;

    /// <summary>Whole seconds since the event was stored; 0 when the clock was set back since.</summary>
    public static long AgeOf(in RecordView record, RecordTime now) => Math.Max(0, (now.Micros - record.Time.Micros) / 1_000_000);

    private static ReadOnlySpan<byte> UserAgentOf(in RecordView record) =>
        TagsReader.TryFind(record.Tags, UserAgentTag, out var userAgent) ? userAgent : default;

    /// <summary>The inside of a JSON string; the same bytes where nothing needs escaping.</summary>
    private static ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> text)
    {
        var encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        if (encoder.FindFirstCharacterToEncodeUtf8(text) < 0) return text;
        var escaped = new byte[text.Length * encoder.MaxOutputCharactersPerInputCharacter];
        encoder.EncodeUtf8(text, escaped, out _, out var written);
        return escaped.AsSpan(0, written);
    }

    private static int Digits(long number)
    {
        Span<byte> digits = stackalloc byte[NumberBytesMax];
        Utf8Formatter.TryFormat(number, digits, out var written);
        return written;
    }

    private static void Put(Span<byte> target, ref int at, ReadOnlySpan<byte> part)
    {
        part.CopyTo(target[at..]);
        at += part.Length;
    }

    private static void Put(Span<byte> target, ref int at, long number)
    {
        Utf8Formatter.TryFormat(number, target[at..], out var written);
        at += written;
    }
}
