using System.Text;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Bodies;

/// <summary>Content types as HTTP writes them: without case, and with a blank before a parameter or not.</summary>
internal static class BodyTypes
{
    public const string Json = "application/json";
    public const string Bytes = "application/octet-stream";

    /// <summary>The name of a record's type.</summary>
    public static string NameOf(in RecordView record) => ContentTypeNames.Of(record) is { IsEmpty: false } name ? Encoding.UTF8.GetString(name) : Bytes;

    /// <summary>The code of a type; <see cref="ContentType.Other"/> for one that is stored by its name.</summary>
    public static ContentType CodeOf(string name)
    {
        var plain = name.ToLowerInvariant().Replace("; ", ";", StringComparison.Ordinal).Replace(";", "; ", StringComparison.Ordinal);
        return plain == $"{Json}; charset=utf-8" ? ContentType.Json : ContentTypeNames.Parse(Encoding.UTF8.GetBytes(plain), out _);
    }
}
