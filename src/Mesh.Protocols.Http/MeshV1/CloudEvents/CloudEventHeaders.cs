using System.Buffers;
using System.Text;
using Mesh.Frames;
using Mesh.Protocols.Http.MeshV1.Records;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.CloudEvents;

/// <summary>Events as messages of HTTP: attributes in headers <c>ce-NAME</c>, the data as the body (CloudEvents HTTP binding 1.0.2, section 3.1).</summary>
internal static class CloudEventHeaders
{
    private const string SpecVersion = "ce-specversion";

    public static bool IsEvent(HttpRequest request) => request.Headers.ContainsKey(SpecVersion);

    /// <exception cref="V1Refusal">An attribute breaks a rule, or is missing.</exception>
    public static NewRecord Read(HttpRequest request)
    {
        var of = new CloudEvent { DataContentType = request.ContentType };
        foreach (var (header, values) in request.Headers)
        {
            if (!header.StartsWith(CloudEvent.TagPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            if (values.Count != 1) throw V1Refusal.Invalid($"The header {header} is there {values.Count} times; send it once.");
            var name = header[CloudEvent.TagPrefix.Length..].ToLowerInvariant();
            if (name == "datacontenttype") throw V1Refusal.Invalid("The type of the data is the header Content-Type, not ce-datacontenttype.");
            of.Set(name, Encoding.UTF8.GetString(HeaderText.Decode(values.ToString())), SpecVersion[..3]);
        }

        return of.ToRecord(CloudEvent.TagPrefix);
    }

    /// <summary>Writes the whole answer.</summary>
    public static void Write(HttpResponse response, in RecordView record, StreamName stream)
    {
        var of = CloudEvent.Of(record, stream);
        response.ContentType = of.DataContentType;
        response.ContentLength = record.Body.Length;
        response.Headers[SpecVersion] = CloudEvent.SpecVersion;
        foreach (var (name, value) in of.Attributes) response.Headers[CloudEvent.TagPrefix + name] = HeaderText.Encode(Encoding.UTF8.GetBytes(value));
        response.BodyWriter.Write(record.Body);
    }
}
