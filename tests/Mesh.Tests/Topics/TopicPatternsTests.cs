using System.Text.RegularExpressions;
using Mesh.Topics;
using Mesh.Topics.Patterns;
using Xunit;

namespace Mesh.Tests.Topics;

public sealed class TopicPatternsTests
{
    [Theory]
    [InlineData("foo", "foo", "foobar")]
    [InlineData("(?P<area>a|b)/(?P<line>[0-9]+)", "a/1", "b/22x")]
    [InlineData(@"end\Z", "end")]
    [InlineData("(?i)foo", "FOO", "foO1")]
    [InlineData("(?s)a.b", "a\nb")]
    [InlineData("(?x) a b # a comment )\n c", "abc")]
    [InlineData("(?x:a b)[ ]c d", "ab c d")]
    [InlineData("a{,2}b", "b", "ab", "aab")]
    [InlineData("a{2", "a{2")]
    [InlineData("[[a-]+$", "[a-", "-[")]
    [InlineData("[]^]", "]", "^")]
    [InlineData(@"\x41\u0042\U00000043\103\0", "ABCC\0")]
    [InlineData("\U0001F600+$", "\U0001F600\U0001F600")]
    [InlineData(@"\_\-\/\ \#", "_-/ #")]
    [InlineData("a(?#comment)b", "ab")]
    [InlineData("", "", "anything")]
    public void Python_patterns_match_as_in_python(string pattern, params string[] topics)
    {
        var translated = new Regex(TopicPatterns.ToFilter([pattern]).Pattern!, TopicPatterns.Linear);
        Assert.All(topics, topic => Assert.Matches(translated, topic));
    }

    [Theory]
    [InlineData("(a)\\1", "'\\1' is a back reference")]
    [InlineData("(?P<n>a)(?P=n)", "'(?P=' is a back reference")]
    [InlineData("(?=a)", "lookaround")]
    [InlineData("(?!a)", "lookaround")]
    [InlineData("(?<=a)", "lookaround")]
    [InlineData("(?<!a)", "lookaround")]
    [InlineData("(a)?(?(1)b|c)", "condition")]
    [InlineData("(?>a)", "atomic")]
    [InlineData("a++", "possessive")]
    [InlineData("a**", "nothing before '*'")]
    [InlineData("*a", "nothing before '*'")]
    [InlineData("^*", "nothing before '*'")]
    [InlineData("a{3,2}", "fewer at most")]
    [InlineData("(", "a '(' is not closed")]
    [InlineData(")", "a ')' has no '('")]
    [InlineData("[a", "a '[' is not closed")]
    [InlineData("[", "a '[' is not closed")]
    [InlineData("[b-a]", "backwards")]
    [InlineData(@"[a-\d]", "range")]
    [InlineData("\\", "ends too early")]
    [InlineData(@"\q", "'\\q' is no escape")]
    [InlineData(@"\x4", "hexadecimal")]
    [InlineData(@"\ud800", "hexadecimal")]
    [InlineData("(?a)x", "flags 'a' and 'L'")]
    [InlineData("x(?i)", "must stand at its start")]
    [InlineData("(?P<1>a)", "no name")]
    [InlineData("(?P<n", "not closed by '>'")]
    [InlineData("(?#", "not closed by ')'")]
    [InlineData("[\U0001F600]", "beyond U+FFFF")]
    [InlineData("((a{10}){20}){30}", "more than 2000 parts")]
    [InlineData("a{99999999999}", "more than 2000 parts")]
    public void What_cannot_be_translated_is_named(string pattern, string reason)
    {
        var refused = Assert.Throws<PatternException>(() => TopicPatterns.ToFilter(["fine", pattern]));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{pattern}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_that_lie_too_deep_are_refused() =>
        Assert.Throws<PatternException>(() => TopicPatterns.ToFilter([new string('(', 2000) + new string(')', 2000)]));

    [Fact]
    public void Without_patterns_there_is_no_expression() => Assert.Null(TopicPatterns.ToFilter([]).Pattern);

    [Fact]
    public void Random_patterns_match_what_they_match_in_python_or_are_refused()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string[] topics = [.. Enumerable.Range(0, 60).Select(_ => RandomFrom(random, ["a", "b", "A", "1", "-", "]", "[", "^", "{", "}", ",", "\n", " ", "_", "é"], 7))];
        string[] parts =
        [
            "a", "b", "1", ".", "*", "+", "?", "|", "(", ")", "(?:", "(?P<x>", "[ab]", "[^a]", "[a-]", "[]b]", "[[1]", "{2}", "{,2}", "{1,}", "{", "}", "^", "$",
            @"\d", @"\D", @"\b", @"\Z", @"\A", @"\-", @"\]", "(?i:", "(?i)", "-", ",", "é", "_", @"\x61", @"\141",
        ];
        string[] patterns = [.. Enumerable.Range(0, 3000).Select(_ => RandomFrom(random, parts, 8))];
        var python = PythonMatches.Of(patterns, topics);
        var compared = 0;
        for (var i = 0; i < patterns.Length; i++)
        {
            if (python[i] is not { } expected || Translate(patterns[i]) is not { } translated) continue;
            compared++;
            for (var j = 0; j < topics.Length; j++)
                Assert.True(expected[j] == translated.IsMatch(topics[j]), $"seed {seed}: '{patterns[i]}' as '{translated}' on '{topics[j]}', in Python {expected[j]}");
        }

        Assert.True(compared > 300, $"seed {seed}: only {compared} patterns compared");
    }

    private static Regex? Translate(string pattern)
    {
        try
        {
            return new Regex(TopicPatterns.ToFilter([pattern]).Pattern!, TopicPatterns.Linear);
        }
        catch (PatternException)
        {
            return null;
        }
    }

    private static string RandomFrom(Random random, string[] parts, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(1, most)).Select(_ => parts[random.Next(parts.Length)]));
}
