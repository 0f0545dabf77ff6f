namespace Mesh.Engine.Channels;

/// <summary>How the paths of a tree lie within one another (RSE specification, section 2.5).</summary>
internal static class ChannelPaths
{
    /// <summary>The path and each path that ends before one of its slashes, save a slash at its very end.</summary>
    public static IEnumerable<string> SelfAndAbove(string path)
    {
        yield return path;
        for (var i = path.Length - 2; i >= 0; i--)
            if (path[i] == '/') yield return path[..i];
    }
}
