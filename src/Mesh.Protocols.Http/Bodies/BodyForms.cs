using System.Text.Json;
using System.Text.Unicode;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Bodies;

/// <summary>Chooses the form in which a body shows, by its content type, and writes it.</summary>
internal static class BodyForms
{
    /// <summary>Objects and arrays within each other in a body that is shown as JSON, at the most.</summary>
    public const int JsonDepthMax = JsonText.DepthMax;

    public static BodyForm Of(in RecordView record) => FormOf(record.ContentType, record.ContentTypeName) switch
    {
        BodyForm.Json when IsJson(record.Body) => BodyForm.Json,
        BodyForm.Text when Utf8.IsValid(record.Body) => BodyForm.Text,
        BodyForm.Fields when RespFieldsBody.IsText(record.Body) => BodyForm.Fields,
        _ => BodyForm.Base64,
    };

    /// <summary>The form of a type, if a body is what its type says.</summary>
    public static BodyForm FormOf(string contentType) => BodyTypes.CodeOf(contentType) switch
    {
        ContentType.Other => FormOfName(contentType),
        var code => FormOf(code, default),
    };

    /// <summary>Writes the body as a value.</summary>
    public static void WriteValue(Utf8JsonWriter json, BodyForm form, ReadOnlySpan<byte> body)
    {
        switch (form)
        {
            case BodyForm.Json:
                json.WriteRawValue(body, skipInputValidation: true);
                break;
            case BodyForm.Text:
                json.WriteStringValue(body);
                break;
            case BodyForm.Fields:
                RespFieldsBody.Write(json, body);
                break;
            default:
                json.WriteBase64StringValue(body);
                break;
        }
    }

    /// <summary>True for one JSON text in UTF-8, nested no deeper than <see cref="JsonDepthMax"/>.</summary>
    public static bool IsJson(ReadOnlySpan<byte> body) => JsonText.IsJson(body);

    private static BodyForm FormOf(ContentType type, ReadOnlySpan<byte> name) => type switch
    {
        ContentType.Json => BodyForm.Json,
        ContentType.Text => BodyForm.Text,
        ContentType.RespFields => BodyForm.Fields,
        ContentType.Other => FormOfName(System.Text.Encoding.UTF8.GetString(name)),
        _ => BodyForm.Base64,
    };

    /// <summary>Types with a structured suffix (RFC 6839) and texts without another charset than UTF-8.</summary>
    private static BodyForm FormOfName(string name)
    {
        var end = name.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? name : name[..end]).Trim();
        var parameters = end < 0 ? "" : name[end..].Replace(" ", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);
        var isUtf8 = !parameters.Contains("charset=", StringComparison.OrdinalIgnoreCase) || parameters.Contains("charset=utf-8", StringComparison.OrdinalIgnoreCase);
        if (!isUtf8) return BodyForm.Base64;
        if (type.Equals(BodyTypes.Json, StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)) return BodyForm.Json;
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? BodyForm.Text : BodyForm.Base64;
    }
}
