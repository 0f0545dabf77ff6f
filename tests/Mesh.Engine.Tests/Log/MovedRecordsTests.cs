using System.Buffers;
using Mesh.Engine.Log;
using Xunit;

namespace Mesh.Engine.Tests.Log;

/// <summary>Which moves are known, for how long, and in which form they are kept.</summary>
public sealed class MovedRecordsTests
{
    private readonly MovedRecords _moved = new();

    [Fact]
    public void A_move_is_known_by_its_origin_until_it_is_settled()
    {
        _moved.Add(Origin(1, 7), new Sequence(100));
        _moved.Add(Origin(2, 7), new Sequence(101));
        Assert.Equal(new Sequence(100), _moved.Find(Origin(1, 7)));
        Assert.Null(_moved.Find(Origin(1, 8)));
        _moved.Add(Origin(1, 8, 7, 99), new Sequence(102));
        Assert.Null(_moved.Find(Origin(1, 7)));
        Assert.Equal(new Sequence(101), _moved.Find(Origin(2, 7)));
        Assert.Equal(2, _moved.Count);
    }

    [Fact]
    public void Beyond_the_bound_the_oldest_are_forgotten()
    {
        for (var i = 1; i <= MovedRecords.MovesMax + 2; i++) _moved.Add(Origin(1, i), new Sequence(i));
        Assert.Equal(MovedRecords.MovesMax, _moved.Count);
        Assert.Null(_moved.Find(Origin(1, 2)));
        Assert.NotNull(_moved.Find(Origin(1, 3)));
    }

    [Fact]
    public void What_is_written_is_read_change_by_change_and_whole()
    {
        var changes = new ArrayBufferWriter<byte>();
        foreach (var (origin, placed) in new[] { (Origin(1, 7), 100), (Origin(3, 300_000), 101), (Origin(1, 9, 7), 102) })
        {
            _moved.Add(origin, new Sequence(placed));
            MovedRecords.Write(changes, origin, new Sequence(placed));
        }

        var whole = new ArrayBufferWriter<byte>();
        _moved.WriteAll(whole);
        foreach (var bytes in new[] { changes, whole })
        {
            var read = new MovedRecords();
            read.ReadAll(bytes.WrittenSpan);
            Assert.Equal(2, read.Count);
            Assert.Null(read.Find(Origin(1, 7)));
            Assert.Equal((new Sequence(101), new Sequence(102)), (read.Find(Origin(3, 300_000)), read.Find(Origin(1, 9))));
        }
    }

    private static MoveOrigin Origin(long stream, long sequence, params long[] settled) =>
        new(new StreamNumber(stream), new Sequence(sequence), [.. settled.Select(value => new Sequence(value))]);
}
