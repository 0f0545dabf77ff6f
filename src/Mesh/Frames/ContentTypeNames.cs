namespace Mesh.Frames;

/// <summary>The names of content types (FORMAT.md, "Record").</summary>
public static class ContentTypeNames
{
    /// <summary>What a record's body is, as UTF-8; empty when the record says nothing, which means <c>application/octet-stream</c>.</summary>
    public static ReadOnlySpan<byte> Of(in RecordView record) => record.ContentType switch
    {
        ContentType.Json => "application/json"u8,
        ContentType.RespFields => "application/vnd.mesh.fields+resp"u8,
        ContentType.ProtobusEvent => "application/vnd.mesh.protobus+protobuf"u8,
        ContentType.Text => "text/plain; charset=utf-8"u8,
        ContentType.Sealed => "application/vnd.mesh.sealed"u8,
        ContentType.Other => record.ContentTypeName,
        _ => default,
    };

    /// <summary>The type that a name stands for, compared exactly.</summary>
    /// <param name="text">UTF-8; empty says nothing.</param>
    /// <param name="name">The name itself, when it has no code.</param>
    public static ContentType Parse(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (text.IsEmpty || text.SequenceEqual("application/octet-stream"u8)) return ContentType.Bytes;
        if (text.SequenceEqual("application/json"u8)) return ContentType.Json;
        if (text.SequenceEqual("text/plain; charset=utf-8"u8)) return ContentType.Text;
        if (text.SequenceEqual("application/vnd.mesh.fields+resp"u8)) return ContentType.RespFields;
        if (text.SequenceEqual("application/vnd.mesh.protobus+protobuf"u8)) return ContentType.ProtobusEvent;
        if (text.SequenceEqual("application/vnd.mesh.sealed"u8)) return ContentType.Sealed;
        name = text;
        return ContentType.Other;
    }
}
