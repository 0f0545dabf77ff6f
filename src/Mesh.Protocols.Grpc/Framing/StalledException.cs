namespace Mesh.Protocols.Grpc.Framing;

/// <summary>The client does not take what it is sent, and it was waited for long enough.</summary>
internal sealed class StalledException() : Exception("The client took nothing for too long.");
