using System.Text.Json;
using System.Text.Unicode;

namespace Mesh.Frames;

/// <summary>What doors take and show as JSON.</summary>
public static class JsonText
{
    /// <summary>Levels of nesting, at the most.</summary>
    public const int DepthMax = 64;

    /// <summary>True for one JSON text in UTF-8, nested no deeper than <see cref="DepthMax"/>.</summary>
    public static bool IsJson(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body)) return false;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
