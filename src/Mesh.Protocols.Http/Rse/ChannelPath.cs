namespace Mesh.Protocols.Http.Rse;

/// <summary>
/// The name of a channel in normal form (RSE specification, section 2.3), cut where the mesh cuts it: the first segment names the tree, which is one
/// stream; the rest is the key. <c>/a/b/c</c> is tree <c>a</c>, key <c>/b/c</c>; <c>//d</c> is the tree without a name, key <c>/d</c>. ASCII only, and free of
/// characters that JSON escapes.
/// </summary>
/// <param name="Tree">The first segment; may be empty.</param>
/// <param name="Key">Empty, or beginning with a slash.</param>
internal readonly record struct ChannelPath(string Tree, string Key)
{
    /// <summary>Characters of a channel's name in normal form, at the most.</summary>
    public const int CharsMax = 2048;

    /// <summary>Slashes in a channel's name at the most: a tree's index has an entry for each path above a channel.</summary>
    public const int SlashesMax = 128;

    public StreamName Stream => StreamName.Channel(Tree);

    /// <summary>Normalises a path and takes the path base off its front.</summary>
    /// <param name="rawPath">As it stood on the request line.</param>
    /// <param name="pathBase">Where the door is mounted; empty at the root. Compared without case, as routes are.</param>
    /// <returns>The rest, which begins with a slash; null when the path is not below the base.</returns>
    public static string? Normalise(ReadOnlySpan<char> rawPath, string pathBase)
    {
        var path = PercentEncoding.Normalise(rawPath);
        if (!path.StartsWith(pathBase, StringComparison.OrdinalIgnoreCase)) return null;
        if (pathBase.Length > 0) path = path[pathBase.Length..];
        return path.StartsWith('/') ? path : null;
    }

    /// <summary>Whether a path in normal form is short enough to name a channel.</summary>
    public static bool IsWithinBounds(string path) => path.Length <= CharsMax && path.AsSpan().Count('/') <= SlashesMax;

    /// <param name="path">In normal form, of at least one character after its leading slash.</param>
    public static ChannelPath Split(string path)
    {
        var end = path.IndexOf('/', 1);
        return end < 0 ? new ChannelPath(path[1..], "") : new ChannelPath(path[1..end], path[end..]);
    }

    public override string ToString() => string.Concat("/", Tree, Key);
}
