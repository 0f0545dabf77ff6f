namespace Mesh.Topics.Patterns;

/// <summary>A pattern is malformed, or asks for what a linear-time match cannot give.</summary>
public sealed class PatternException(string message) : Exception(message);
