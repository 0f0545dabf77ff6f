namespace Mesh.Protocols.Http.Rse;

/// <summary>The target of a request as it stood on its first line; the server's own reading of it drops differences that RSE keeps.</summary>
internal readonly struct RequestTarget
{
    private readonly string _raw;
    private readonly int _start;
    private readonly int _mark;

    /// <param name="rawTarget"><c>/path?query</c>, or the same after <c>http://host</c>.</param>
    public RequestTarget(string rawTarget)
    {
        _raw = rawTarget;
        _start = rawTarget.StartsWith('/') ? 0 : AfterAuthority(rawTarget);
        _mark = rawTarget.IndexOf('?', _start);
    }

    /// <summary>A slash when there is a host and nothing behind it.</summary>
    public ReadOnlySpan<char> Path => (_mark < 0 ? _raw.AsSpan(_start) : _raw.AsSpan(_start, _mark - _start)) is { IsEmpty: false } path ? path : "/";

    /// <summary>Without the question mark.</summary>
    public ReadOnlySpan<char> Query => _mark < 0 ? default : _raw.AsSpan(_mark + 1);

    private static int AfterAuthority(string absolute)
    {
        var authority = absolute.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0) return 0;
        var end = absolute.AsSpan(authority + 3).IndexOfAny('/', '?');
        return end < 0 ? absolute.Length : authority + 3 + end;
    }
}
