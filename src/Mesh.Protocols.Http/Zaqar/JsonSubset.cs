using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Compares JSON with the part of it that is asked for.</summary>
internal static class JsonSubset
{
    /// <summary>True when the value has at least what is wanted: of an object each field, to any depth; anything else must be equal.</summary>
    public static bool Holds(JsonElement value, JsonElement wanted)
    {
        if (wanted.ValueKind != JsonValueKind.Object) return JsonElement.DeepEquals(value, wanted);
        if (value.ValueKind != JsonValueKind.Object) return false;
        foreach (var field in wanted.EnumerateObject())
            if (!value.TryGetProperty(field.Name, out var there) || !Holds(there, field.Value)) return false;
        return true;
    }
}
