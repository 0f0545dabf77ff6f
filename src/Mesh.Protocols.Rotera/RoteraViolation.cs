namespace Mesh.Protocols.Rotera;

/// <summary>A request that the protocol has no answer for: the connection is closed, and the log says why (rotera specification, section 2.6).</summary>
internal sealed class RoteraViolation(string message) : Exception(message);
