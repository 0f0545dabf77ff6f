using Mesh.Engine.Streams;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

public sealed class TailCursorTests
{
    [Fact]
    public void A_stream_that_has_less_than_was_seen_of_it_is_read_from_its_start()
    {
        var cursor = new TailCursor(new Sequence(3), seen: new Sequence(2));
        Assert.True(cursor.MoveBehind(RecordPage.Empty(new Sequence(3), Sequence.First, new Sequence(1))));
        Assert.Equal(Sequence.First, cursor.Next);
    }

    [Fact]
    public void A_sequence_beyond_the_end_is_waited_for_when_nothing_was_seen()
    {
        var cursor = new TailCursor(new Sequence(3));
        Assert.False(cursor.MoveBehind(RecordPage.Empty(new Sequence(3), Sequence.First, new Sequence(1))));
        Assert.Equal(new Sequence(3), cursor.Next);
    }
}
