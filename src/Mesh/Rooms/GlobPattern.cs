namespace Mesh;

/// <summary>
/// Redis's glob: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[^a]</c>, <c>[a-z]</c> and <c>\</c> to take the next byte as it is (HubSub specification, case 13). A set
/// without its end reaches to the end of the pattern. Time is bounded by pattern length times name length.
/// </summary>
public static class GlobPattern
{
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        int p = 0, n = 0, starAt = -1, starName = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                starAt = p++;
                starName = n;
            }
            else if (p < pattern.Length && MatchesOne(pattern, p, name[n], out var next))
            {
                p = next;
                n++;
            }
            else if (starAt >= 0)
            {
                p = starAt + 1;
                n = ++starName;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    /// <param name="pattern">The pattern.</param>
    /// <param name="at">Where its next element, not a star, begins.</param>
    /// <param name="value">The byte to match.</param>
    /// <param name="next">Where the element after it begins.</param>
    private static bool MatchesOne(ReadOnlySpan<byte> pattern, int at, byte value, out int next)
    {
        switch (pattern[at])
        {
            case (byte)'?':
                next = at + 1;
                return true;
            case (byte)'[':
                return MatchesSet(pattern, at + 1, value, out next);
            case (byte)'\\' when at + 1 < pattern.Length:
                next = at + 2;
                return pattern[at + 1] == value;
            default:
                next = at + 1;
                return pattern[at] == value;
        }
    }

    private static bool MatchesSet(ReadOnlySpan<byte> pattern, int at, byte value, out int next)
    {
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated) at++;
        var found = false;
        while (at < pattern.Length && pattern[at] != ']')
        {
            if (pattern[at] == '\\' && at + 1 < pattern.Length)
            {
                found |= pattern[at + 1] == value;
                at += 2;
            }
            else if (at + 2 < pattern.Length && pattern[at + 1] == '-')
            {
                var (low, high) = (Math.Min(pattern[at], pattern[at + 2]), Math.Max(pattern[at], pattern[at + 2]));
                found |= value >= low && value <= high;
                at += 3;
            }
            else
            {
                found |= pattern[at] == value;
                at++;
            }
        }

        next = Math.Min(at + 1, pattern.Length);
        return found != negated;
    }
}
