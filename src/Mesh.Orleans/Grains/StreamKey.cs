namespace Mesh.Orleans.Grains;

/// <summary>The key of a stream's grain: <c>project/name</c>. A grain's interface tells the kind. In the project, <c>%</c> and <c>/</c> stand as %25 and %2F.</summary>
public static class StreamKey
{
    public static string Of(in StreamName stream) =>
        string.Concat(stream.Project.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal), "/", stream.Name);

    /// <exception cref="ArgumentException">The key has no slash.</exception>
    public static StreamName Parse(string key, StreamKind kind)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) throw new ArgumentException($"A stream's grain key is project/name; this one has no slash: {key}", nameof(key));
        var project = key[..slash].Replace("%2F", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
        return new StreamName(project, kind, key[(slash + 1)..]);
    }
}
