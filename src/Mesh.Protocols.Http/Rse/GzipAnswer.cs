using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Compresses answers for clients that take it, as the web server before the original did (RSE specification, section 2.2).</summary>
internal static class GzipAnswer
{
    /// <summary>Shorter answers are sent as they are, in bytes.</summary>
    public const int BytesMin = 256;

    /// <summary>Whether the client takes gzip: named, or by <c>*</c>, with a quality above 0.</summary>
    public static bool IsAccepted(HttpRequest request)
    {
        var accepted = request.Headers.AcceptEncoding;
        if (accepted.Count == 0 || !StringWithQualityHeaderValue.TryParseList(accepted, out var codings)) return false;
        var gzip = codings.FirstOrDefault(each => each.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase)) ?? codings.FirstOrDefault(each => each.Value == "*");
        return gzip is not null && gzip.Quality is not 0;
    }

    /// <summary>Sends events compressed; how long the answer is, its end tells.</summary>
    public static async Task WriteAsync(HttpResponse response, EventList events, CancellationToken cancel)
    {
        response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        var output = PipeWriter.Create(gzip, new StreamPipeWriterOptions(leaveOpen: true));
        await events.WriteAsync(output, cancel).ConfigureAwait(false);
        await output.CompleteAsync().ConfigureAwait(false);
    }
}
