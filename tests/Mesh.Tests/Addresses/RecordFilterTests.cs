using System.Text;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Testing;
using Mesh.Tests.Frames;
using Xunit;

namespace Mesh.Tests.Addresses;

/// <summary>What the filter of every door lets through.</summary>
public sealed class RecordFilterTests
{
    private static readonly (string Key, string Tags)[] Records = [("", ""), ("/a", "x=1"), ("/a/b", "x=1,y=2"), ("/c", "x=2,x=1"), ("/a", "y=2")];

    [Theory]
    [InlineData(null, null, "", "1 2 3 4 5")]
    [InlineData("/a", null, "", "2 5")]
    [InlineData("", null, "", "1")]
    [InlineData(null, "", "", "1")]
    [InlineData(null, "*", "", "1 2 3 4 5")]
    [InlineData(null, "/a*", "", "2 3 5")]
    [InlineData(null, "/[ac]", "", "2 4 5")]
    [InlineData(null, null, "x=1", "2 3")]
    [InlineData(null, null, "x=2", "4")]
    [InlineData(null, "/a", "x=1,y=2", "")]
    [InlineData("/a", "/?", "y=2", "5")]
    [InlineData(null, null, "none=", "")]
    public void All_conditions_must_hold(string? key, string? pattern, string tags, string expected)
    {
        var page = new RecordFilter(key, pattern, [.. Pairs(tags)]).Of(Page(), recordsMax: 100);
        Assert.Equal(expected, string.Join(' ', page.Sequences()));
        Assert.Equal(6, page.Next.Value);
    }

    [Fact]
    public void Beyond_the_bound_a_page_goes_on_at_the_first_record_left_out()
    {
        var filter = new RecordFilter("/a", null, []);
        var page = filter.Of(Page(), recordsMax: 1);
        Assert.Equal([2], page.Sequences());
        Assert.Equal(5, page.Next.Value);
        Assert.Equal(6, filter.Of(Page(), recordsMax: 2).Next.Value);
        Assert.Equal(4, RecordFilter.All.Of(Page(), recordsMax: 3).Next.Value);
    }

    [Fact]
    public void Bounds_are_told()
    {
        var tags = Enumerable.Range(0, RecordFilter.TagsMax + 1).Select(i => KeyValuePair.Create($"{i}", "")).ToList();
        Assert.Contains("at most 32 tags; this one names 33", Assert.Throws<ArgumentException>(() => new RecordFilter(null, null, tags)).Message, StringComparison.Ordinal);
        var pattern = new string('*', RecordFilter.PatternBytesMax + 1);
        Assert.Contains("at most 1024 bytes; this one has 1025", Assert.Throws<ArgumentException>(() => new RecordFilter(null, pattern, [])).Message, StringComparison.Ordinal);
    }

    private static RecordPage Page()
    {
        using var writer = new SegmentWriter();
        foreach (var (key, tags) in Records)
        {
            var block = new TagsWriter();
            foreach (var (name, value) in Pairs(tags)) block.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
            writer.Add(new RecordFields { Key = Encoding.UTF8.GetBytes(key), Tags = block.Written }, "body"u8);
        }

        var segment = writer.Finish();
        var header = new BatchHeader(Sequence.First, new RecordTime(1), Records.Length, segment.Length, null);
        var batch = BatchSlice.Whole(BatchSample.Join(header, segment), header);
        return new RecordPage([batch], new Sequence(6), Sequence.First, new Sequence(5));
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(string tags) =>
        from tag in tags.Split(',', StringSplitOptions.RemoveEmptyEntries)
        let parts = tag.Split('=')
        select KeyValuePair.Create(parts[0], parts[1]);
}
