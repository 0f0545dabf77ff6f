using System.Text.RegularExpressions;
using Mesh.Topics.Patterns;

namespace Mesh.Topics;

/// <summary>
/// Python's regular expressions over topics: a topic matches when one of them matches from its start, not over all of it (protobus specification, 2.4).
/// Each stands for itself: what is wrong with one does not leak into the others.
/// </summary>
public static class TopicPatterns
{
    /// <summary>How every translated pattern is run: in time linear in the topic.</summary>
    public const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <param name="patterns">Python regular expressions; none means every topic.</param>
    /// <exception cref="PatternException">Which pattern cannot be used, and why.</exception>
    public static TopicFilter ToFilter(IReadOnlyList<string> patterns) =>
        patterns.Count == 0 ? new TopicFilter(null) : new TopicFilter(ToRegex(patterns).ToString());

    /// <summary>The patterns as one expression.</summary>
    /// <param name="patterns">At least one.</param>
    /// <exception cref="PatternException">Which pattern cannot be used, and why.</exception>
    public static Regex ToRegex(IReadOnlyList<string> patterns)
    {
        var joined = @"\A(?:" + string.Join('|', patterns.Select(Translate)) + ")";
        try
        {
            return new Regex(joined, Linear);
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            throw new PatternException($"The patterns cannot be used together: {refused.Message}");
        }
    }

    private static string Translate(string pattern)
    {
        try
        {
            return new PythonRegex(pattern).Translate();
        }
        catch (PatternException wrong)
        {
            throw new PatternException($"The pattern '{pattern}' cannot be used: {wrong.Message}");
        }
    }
}
