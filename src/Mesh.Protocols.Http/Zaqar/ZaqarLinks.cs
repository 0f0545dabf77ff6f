using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Writes the <c>links</c> of a page.</summary>
internal static class ZaqarLinks
{
    /// <param name="json">Within the object of the answer.</param>
    /// <param name="href">Path and query of the page that follows.</param>
    public static void WriteNext(Utf8JsonWriter json, string href)
    {
        json.WriteStartArray("links"u8);
        json.WriteStartObject();
        json.WriteString("rel"u8, "next"u8);
        json.WriteString("href"u8, href);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    public static void WriteNone(Utf8JsonWriter json)
    {
        json.WriteStartArray("links"u8);
        json.WriteEndArray();
    }
}
