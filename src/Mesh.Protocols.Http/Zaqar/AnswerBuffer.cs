using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Where an answer is written before it is sent, so that its length is known. Each thread keeps one for the next answer. Not thread-safe.</summary>
internal sealed class AnswerBuffer
{
    /// <summary>A buffer that has grown beyond this is not kept.</summary>
    private const int KeptBytesMax = 64 * 1024;

    [ThreadStatic]
    private static AnswerBuffer? _spare;

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    private AnswerBuffer() => Json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public Utf8JsonWriter Json { get; }

    public static AnswerBuffer Rent()
    {
        var buffer = _spare ?? new AnswerBuffer();
        _spare = null;
        return buffer;
    }

    /// <summary>Sends what was written and gives the buffer back: use it no more.</summary>
    public Task SendAsync(HttpResponse response, int status)
    {
        Json.Flush();
        var bytes = _bytes.WrittenSpan;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        response.BodyWriter.Write(bytes);
        Return();
        var flush = response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }

    private void Return()
    {
        if (_bytes.Capacity > KeptBytesMax) return;
        _bytes.ResetWrittenCount();
        Json.Reset();
        _spare = this;
    }
}
