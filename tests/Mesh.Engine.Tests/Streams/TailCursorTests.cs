using Mesh.Engine.Streams;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

public sealed class TailCursorTests
{
    [Fact]
    public void A_stream_that_has_less_than_was_seen_of_it_is_read_from_its_start()
    {
        var cursor = new TailCursor(new Sequence(3), seen: new Sequence(2));
        Assert.True(cursor.MoveBehind(RecordPage.Empty(new Sequence(3), Sequence.First, new Sequence(1)), out _));
        Assert.Equal(Sequence.First, cursor.Next);
    }

    [Fact]
    public void A_stream_that_was_made_again_and_has_as_much_as_the_one_before_is_read_from_its_start()
    {
        var cursor = new TailCursor(Sequence.First);
        Assert.False(cursor.MoveBehind(PageOf(stream: 1, next: 3, high: 2), out _));
        Assert.False(cursor.MoveBehind(PageOf(stream: 1, next: 3, high: 2), out _));
        Assert.Equal(new Sequence(3), cursor.Next);
        Assert.True(cursor.MoveBehind(PageOf(stream: 2, next: 3, high: 2), out var isWanted));
        Assert.False(isWanted);
        Assert.Equal(Sequence.First, cursor.Next);
        Assert.False(cursor.MoveBehind(PageOf(stream: 2, next: 3, high: 2), out _));
        Assert.Equal(new Sequence(3), cursor.Next);
    }

    [Fact]
    public void A_sequence_beyond_the_end_is_waited_for_when_nothing_was_seen()
    {
        var cursor = new TailCursor(new Sequence(3));
        Assert.False(cursor.MoveBehind(RecordPage.Empty(new Sequence(3), Sequence.First, new Sequence(1)), out _));
        Assert.Equal(new Sequence(3), cursor.Next);
    }

    private static RecordPage PageOf(long stream, long next, long high) =>
        new([], new Sequence(next), Sequence.First, new Sequence(high)) { Stream = new StreamNumber(stream) };
}
