namespace Mesh.Protocols.Resp.Parsing;

/// <summary>The peer broke the protocol: no further byte could make this valid. It is told the message, and the connection closes.</summary>
public sealed class RespProtocolException(string message) : Exception(message);
