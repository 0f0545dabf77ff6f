using Mesh.Engine.Groups;
using Xunit;

namespace Mesh.Engine.Tests.Groups;

public sealed class OrderedBlocksTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Values_stay_in_the_order_of_their_ids(int seed)
    {
        var random = new Random(seed);
        var blocks = new OrderedBlocks<PendingId>();
        var expected = new SortedSet<RingId>();
        for (var step = 0; step < 5000; step++)
        {
            var id = new RingId((ulong)random.Next(1, 800), (ulong)random.Next(2));
            var adds = random.Next(step % 1000 < 500 ? 3 : 5) < 2;
            if (adds) Assert.True(expected.Add(id) == blocks.Set(new PendingId(id)), $"Seed {seed}, step {step}: adding {id}");
            else Assert.True(expected.Remove(id) == blocks.Remove(id, out _), $"Seed {seed}, step {step}: removing {id}");
            Assert.Equal(expected.Count, blocks.Count);
            Assert.Equal(expected.Contains(id), blocks.TryGet(id, out _));
            if (step % 50 > 0) continue;
            Assert.Equal(expected.GetViewBetween(id, RingId.Max), blocks.From(id).Select(value => value.Id));
            Assert.Equal((expected.Min, expected.Max), (blocks.First, blocks.Last));
        }
    }
}
