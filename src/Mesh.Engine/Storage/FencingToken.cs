namespace Mesh.Engine.Storage;

/// <summary>Rises each time a stream changes owner. Storage refuses writes that carry an older one.</summary>
public readonly record struct FencingToken(long Value);
