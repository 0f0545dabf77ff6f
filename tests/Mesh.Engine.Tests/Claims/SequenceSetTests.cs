using System.Buffers;
using Mesh.Engine.Claims;
using Xunit;

namespace Mesh.Engine.Tests.Claims;

/// <summary>The records of a queue that are gone, against a plain set.</summary>
public sealed class SequenceSetTests
{
    /// <summary>Three pages, so that runs begin, end and fill up on both sides of their ends.</summary>
    private const int Sequences = 3 * 4096;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 40)]
    [InlineData(3, 700)]
    [InlineData(4, 5000)]
    public void It_holds_what_a_plain_set_holds(int seed, int runMax)
    {
        var random = new Random(seed);
        var set = new SequenceSet();
        var plain = new SortedSet<long>();
        for (var step = 0; step < 300; step++)
        {
            var first = random.NextInt64(1, Sequences);
            for (var sequence = first; sequence < Math.Min(Sequences, first + random.Next(1, runMax + 1)); sequence++) Assert.Equal(plain.Add(sequence), set.Add(sequence));
            if (random.Next(10) == 0) Raise(set, plain, Low(plain) + random.Next(200));
            if (random.Next(10) == 0) set = Copy(set);
            Check(set, plain, random);
        }
    }

    [Fact]
    public void A_run_of_a_million_costs_next_to_nothing_to_write_and_is_read_in_full()
    {
        var set = new SequenceSet();
        for (var sequence = 2L; sequence <= 1_000_000; sequence++) set.Add(sequence);
        var written = new ArrayBufferWriter<byte>();
        set.Write(written);
        Assert.InRange(written.WrittenCount, 1, 10);
        var at = 0;
        var copy = SequenceSet.Read(written.WrittenSpan, ref at);
        Assert.Equal((1, 999_999, 1_000_001, 1), (copy.Low, copy.CountAboveLow, copy.NextAbsent(2), copy.LastAbsent(1_000_000)));
    }

    private static long Low(SortedSet<long> plain)
    {
        var low = 1L;
        while (plain.Contains(low)) low++;
        return low;
    }

    private static void Raise(SequenceSet set, SortedSet<long> plain, long low)
    {
        set.RaiseLow(low);
        for (var sequence = 1L; sequence < low; sequence++) plain.Add(sequence);
    }

    private static SequenceSet Copy(SequenceSet set)
    {
        var written = new ArrayBufferWriter<byte>();
        set.Write(written);
        var at = 0;
        var copy = SequenceSet.Read(written.WrittenSpan, ref at);
        Assert.Equal(written.WrittenCount, at);
        return copy;
    }

    private static void Check(SequenceSet set, SortedSet<long> plain, Random random)
    {
        var low = Low(plain);
        Assert.Equal((low, plain.Count(sequence => sequence > low)), (set.Low, set.CountAboveLow));
        for (var i = 0; i < 20; i++)
        {
            var from = random.NextInt64(1, Sequences + 5000);
            Assert.Equal(plain.Contains(from), set.Contains(from));
            long next = from, last = from;
            while (plain.Contains(next)) next++;
            while (plain.Contains(last)) last--;
            Assert.Equal((next, last), (set.NextAbsent(from), set.LastAbsent(from)));
        }
    }
}
