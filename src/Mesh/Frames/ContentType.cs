namespace Mesh.Frames;

/// <summary>Content types that a record names by one byte. The numbers are stored: never change one. See FORMAT.md, "Record".</summary>
public enum ContentType : byte
{
    /// <summary>Named by its text; never stored by itself.</summary>
    Other = 0,
    Json = 1,

    /// <summary>Fields of a Redis stream entry, as a RESP array with its header.</summary>
    RespFields = 2,

    /// <summary>An encoded protobus event without the fields that the server fills at delivery.</summary>
    ProtobusEvent = 3,
    Text = 4,

    /// <summary>A body encrypted by the door that took it; what it is stands inside.</summary>
    Sealed = 5,

    /// <summary><c>application/octet-stream</c>: the record says nothing.</summary>
    Bytes = 255,
}
