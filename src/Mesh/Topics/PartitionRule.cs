using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Mesh.Topics.Patterns;

namespace Mesh.Topics;

/// <summary>
/// One rule that gives topics a home: <c>prefix:regex</c>. The regular expression is Python's, matched from the start of the topic; the prefix is the partition's
/// name, with each <c>{topic}</c> in it replaced by the topic. Thread-safe.
/// </summary>
public sealed class PartitionRule
{
    /// <summary>Stands for the topic in a prefix.</summary>
    public const string TopicMark = "{topic}";

    /// <summary>Longest name of a partition, in bytes of UTF-8. A topic that would make a longer one, or one with U+0000, gives its SHA-256 instead.</summary>
    public const int NameBytesMax = 512;

    private const int PrefixBytesMax = 256;
    private const int HashedNameBytes = 7 + (2 * SHA256.HashSizeInBytes);

    private readonly Regex _pattern;
    private readonly TopicHome? _shared;

    private PartitionRule(string prefix, Regex pattern, StreamOptions options)
    {
        Prefix = prefix;
        Options = options;
        _pattern = pattern;
        if (!prefix.Contains(TopicMark, StringComparison.Ordinal)) _shared = new TopicHome(StreamName.Partition(prefix), null, options);
    }

    /// <summary>Name of the partition, perhaps with <see cref="TopicMark"/>.</summary>
    public string Prefix { get; }

    /// <summary>What partitions of the rule keep.</summary>
    public StreamOptions Options { get; }

    /// <summary>True when each topic has a partition of its own.</summary>
    public bool IsPerTopic => _shared is null;

    /// <param name="text"><c>prefix:regex</c>; what follows the first colon is the expression.</param>
    /// <exception cref="FormatException">What is wrong with it.</exception>
    public static PartitionRule Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) throw new FormatException("a prefix and a regular expression joined by a colon, such as {topic}:.*, are needed");
        var prefix = text[..colon];
        CheckPrefix(prefix);
        try
        {
            return new PartitionRule(prefix, TopicPatterns.ToRegex([text[(colon + 1)..]]), StreamOptions.Default);
        }
        catch (PatternException wrong)
        {
            throw new FormatException(wrong.Message.TrimEnd('.'));
        }
    }

    /// <summary>The same rule, whose partitions keep something else.</summary>
    public PartitionRule Keeping(StreamOptions options) => new(Prefix, _pattern, options);

    /// <summary>Whether the topic is the rule's, unless a rule before it takes it.</summary>
    public bool Matches(string topic) => _pattern.IsMatch(topic);

    /// <summary>Where the rule puts a topic that it matches.</summary>
    public TopicHome HomeOf(string topic) => _shared ?? new TopicHome(StreamName.Partition(NameOf(topic)), topic, Options);

    private static void CheckPrefix(string prefix)
    {
        if (prefix.Length == 0) throw new FormatException("a prefix before the colon, which is the partition's name, is needed");
        if (prefix.Any(char.IsControl)) throw new FormatException("a prefix without control characters is needed");
        var marks = Occurrences(prefix);
        var longest = Encoding.UTF8.GetByteCount(prefix) + (marks * (HashedNameBytes - TopicMark.Length));
        if (Encoding.UTF8.GetByteCount(prefix) > PrefixBytesMax || longest > NameBytesMax)
            throw new FormatException($"a prefix of at most {PrefixBytesMax} bytes, with {TopicMark} in it a few times at most, is needed");
    }

    private static int Occurrences(string prefix) => prefix.Split(TopicMark).Length - 1;

    private string NameOf(string topic)
    {
        var name = Prefix.Replace(TopicMark, topic, StringComparison.Ordinal);
        return Encoding.UTF8.GetByteCount(name) <= NameBytesMax && !name.Contains('\0', StringComparison.Ordinal)
            ? name
            : Prefix.Replace(TopicMark, Hashed(topic), StringComparison.Ordinal);
    }

    private static string Hashed(string topic) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(topic)));
}
