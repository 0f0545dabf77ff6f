namespace Mesh.Protocols.Http.Rse;

/// <summary>The target of a request as it stood on its first line; the server's own reading of it drops differences that RSE keeps.</summary>
internal readonly ref struct RequestTarget
{
    /// <param name="rawTarget"><c>/path?query</c>, or the same after <c>http://host</c>.</param>
    public RequestTarget(ReadOnlySpan<char> rawTarget)
    {
        if (!rawTarget.StartsWith('/')) rawTarget = WithoutAuthority(rawTarget);
        var mark = rawTarget.IndexOf('?');
        Path = mark < 0 ? rawTarget : rawTarget[..mark];
        Query = mark < 0 ? default : rawTarget[(mark + 1)..];
    }

    public ReadOnlySpan<char> Path { get; }

    /// <summary>Without the question mark.</summary>
    public ReadOnlySpan<char> Query { get; }

    private static ReadOnlySpan<char> WithoutAuthority(ReadOnlySpan<char> absolute)
    {
        var authority = absolute.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0) return absolute;
        var rest = absolute[(authority + 3)..];
        var end = rest.IndexOfAny('/', '?');
        return end < 0 ? "/" : rest[end..];
    }
}
