namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>A pattern is malformed, or asks for what a linear-time match cannot give.</summary>
internal sealed class PatternException(string message) : Exception(message);
