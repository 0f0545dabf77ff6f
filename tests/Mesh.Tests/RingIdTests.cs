using Xunit;

namespace Mesh.Tests;

public sealed class RingIdTests
{
    private static readonly RingId[] Ascending =
    [
        RingId.None, new(0, 1), new(0, ulong.MaxValue), new(1, 0), new(1, 1), new(long.MaxValue, 5), new((ulong)long.MaxValue + 1, 0), new(ulong.MaxValue, 0),
        new(ulong.MaxValue, ulong.MaxValue - 1), RingId.Max,
    ];

    [Fact]
    public void Ids_are_ordered_by_time_and_then_by_number_without_signs()
    {
        for (var i = 0; i < Ascending.Length; i++)
        {
            for (var j = 0; j < Ascending.Length; j++)
            {
                var (one, other) = (Ascending[i], Ascending[j]);
                Assert.Equal(Math.Sign(i - j), Math.Sign(one.CompareTo(other)));
                Assert.Equal(i < j, one < other);
                Assert.Equal(i > j, one > other);
                Assert.Equal(i <= j, one <= other);
                Assert.Equal(i >= j, one >= other);
            }
        }
    }

    [Fact]
    public void Next_and_previous_are_neighbours_over_the_edge_of_a_millisecond()
    {
        Assert.Equal(new RingId(7, 1), new RingId(7, 0).Next());
        Assert.Equal(new RingId(8, 0), new RingId(7, ulong.MaxValue).Next());
        Assert.Equal(new RingId(7, ulong.MaxValue), new RingId(8, 0).Previous());
        Assert.Null(RingId.Max.Next());
        Assert.Null(RingId.None.Previous());
        foreach (var id in Ascending)
        {
            if (id.Next() is { } next) Assert.Equal((id, true), (next.Previous()!.Value, next > id));
            if (id.Previous() is { } previous) Assert.Equal((id, true), (previous.Next()!.Value, previous < id));
        }
    }

    [Fact]
    public void Ids_of_a_batch_stay_within_their_millisecond()
    {
        Assert.Equal(new RingId(7, 15), new RingId(7, 5).Plus(10));
        Assert.Throws<OverflowException>(() => new RingId(7, ulong.MaxValue).Plus(1));
    }

    [Fact]
    public void An_id_is_written_as_redis_writes_it() => Assert.Equal("18446744073709551615-0", new RingId(ulong.MaxValue, 0).ToString());
}
