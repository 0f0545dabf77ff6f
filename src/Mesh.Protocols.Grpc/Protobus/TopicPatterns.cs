using System.Text.RegularExpressions;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// The patterns of a subscription as one expression: a topic matches when one of them matches from its start (protobus specification, 2.4).
/// Each pattern stands for itself: what is wrong with one does not leak into the others.
/// </summary>
internal static class TopicPatterns
{
    /// <param name="patterns">Python regular expressions; none means every topic.</param>
    /// <exception cref="GrpcException">INVALID_ARGUMENT: which pattern cannot be used, and why.</exception>
    public static TopicFilter ToFilter(IReadOnlyList<string> patterns)
    {
        if (patterns.Count == 0) return new TopicFilter(null);
        var joined = @"\A(?:" + string.Join('|', patterns.Select(Translate)) + ")";
        try
        {
            _ = new Regex(joined, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            throw new GrpcException(StatusCode.InvalidArgument, $"The patterns cannot be used together: {refused.Message}");
        }

        return new TopicFilter(joined);
    }

    private static string Translate(string pattern)
    {
        try
        {
            return new PythonRegex(pattern).Translate();
        }
        catch (PatternException wrong)
        {
            throw new GrpcException(StatusCode.InvalidArgument, $"The pattern '{pattern}' cannot be used: {wrong.Message}");
        }
    }
}
