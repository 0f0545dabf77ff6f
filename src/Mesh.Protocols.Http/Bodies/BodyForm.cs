namespace Mesh.Protocols.Http.Bodies;

/// <summary>How a record's body shows where a protocol wants JSON. Whatever the form, the bytes can be had back from it.</summary>
internal enum BodyForm
{
    /// <summary>The body is JSON and stands there as it is, byte for byte.</summary>
    Json,

    /// <summary>The body is text, as a JSON string.</summary>
    Text,

    /// <summary>Fields of a Redis entry: an object where no field comes twice, else an array of field and value in turn.</summary>
    Fields,

    /// <summary>Any other body, and one that is not what its type says: a string of its bytes in base64 (RFC 4648, section 4).</summary>
    Base64,
}
