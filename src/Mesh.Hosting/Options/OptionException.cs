namespace Mesh.Hosting.Options;

/// <summary>An option that cannot be followed. The message names it, the value seen and what would be right.</summary>
public sealed class OptionException(string message) : Exception(message);
