using System.Text;
using Xunit;

namespace Mesh.Tests.Rooms;

/// <summary>Redis's glob, by the table of the HubSub specification (section 7, cases 13 and 14) and by what redis-server answers.</summary>
public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("h*llo", "hllo", true)]
    [InlineData("h*llo", "heeeello", true)]
    [InlineData("h*llo", "heeeel", false)]
    [InlineData("h**", "hey", true)]
    [InlineData("h[ae]llo", "hello", true)]
    [InlineData("h[ae]llo", "hillo", false)]
    [InlineData("h[^a-e]llo", "hello", false)]
    [InlineData("h[^a-e]llo", "hillo", true)]
    [InlineData("h[a-e]llo", "hcllo", true)]
    [InlineData("h[e-a]llo", "hcllo", true)]
    [InlineData(@"h\*llo", "h*llo", true)]
    [InlineData(@"h\*llo", "hello", false)]
    [InlineData(@"h[\]]llo", "h]llo", true)]
    [InlineData("h?", "h", false)]
    [InlineData("h?", "hi", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("a[", "a", false)]
    [InlineData("a[", "ab", false)]
    [InlineData("a[b", "ab", true)]
    [InlineData(@"a\", @"a\", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    public void A_pattern_matches_as_in_redis(string pattern, string name, bool matches) =>
        Assert.Equal(matches, GlobPattern.Matches(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void A_pattern_of_many_stars_takes_no_exponential_time()
    {
        var pattern = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("*a", 500)) + "b");
        Assert.False(GlobPattern.Matches(pattern, Encoding.UTF8.GetBytes(new string('a', 5000))));
    }

    [Fact]
    public void No_pattern_of_any_bytes_throws()
    {
        var random = new Random(7);
        var alphabet = "a*?[]^-\\"u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = Enumerable.Range(0, random.Next(8)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray();
            GlobPattern.Matches(pattern, "a-]"u8);
        }
    }
}
