using Xunit;

namespace Mesh.Testing.Doors;

/// <summary>One log behind every door: what is published through each is read through every other and heard by whoever follows, the same records in the same order under the same sequences.</summary>
public abstract class AllDoorsContract(Func<Task<AllDoors>> open) : DoorContract<AllDoors>(open)
{
    private const int Records = 24;

    [Fact]
    public Task A_channel_is_one_through_every_door() => PublishAndReadAsync(Door.OfChannel($"acct{Door.Mark}", "/agent7"));

    [Fact]
    public Task A_ring_is_one_through_every_door() => PublishAndReadAsync(Door.OfRing(BitConverter.ToUInt32(Guid.NewGuid().ToByteArray())));

    [Fact]
    public Task A_queue_is_one_through_every_door() => PublishAndReadAsync(Door.OfQueue($"queue{Door.Mark}"));

    [Fact]
    public Task A_topic_is_one_through_every_door() => PublishAndReadAsync(Door.OfTopic($"topic{Door.Mark}"));

    [Fact]
    public async Task A_room_with_a_history_is_one_through_every_door() => await PublishAndReadAsync(await Door.OfRoomAsync($"room{Door.Mark}"));

    /// <summary>Publishes by random doors, from a seed, and reads by all of them. A view shows the sequences of its stream, which need not begin with 1.</summary>
    private static async Task PublishAndReadAsync(IReadOnlyList<StreamDoor> doors)
    {
        const int Seed = 17;
        var random = new Random(Seed);
        var tails = new List<(StreamDoor Door, StreamTail Tail)>();
        foreach (var door in doors)
            if (await door.TailAsync() is { } tail) tails.Add((door, tail));
        var open = doors.Where(door => door.Publishes).ToList();
        for (var number = 1; number <= Records; number++) await open[number <= open.Count ? number - 1 : random.Next(open.Count)].PublishAsync(number);
        var first = await doors[0].ReadAsync(Records);
        Assert.Equal(Enumerable.Range(1, Records), first.Select(record => record.Number));
        Assert.Equal(first.Select(record => record.Sequence).Order(), first.Select(record => record.Sequence));
        foreach (var door in doors.Where(door => door.Reads)) AssertSame(first, await door.ReadAsync(Records), $"read by {door}");
        foreach (var (door, tail) in tails)
        {
            var heard = new List<StreamDoor.Seen>();
            while (heard.Count < Records) heard.Add(await tail.NextAsync());
            AssertSame(first, heard, $"heard by {door}");
            await tail.DisposeAsync();
        }
    }

    /// <summary>The same records in the same order, and under the same sequences where the protocol shows them.</summary>
    private static void AssertSame(IReadOnlyList<StreamDoor.Seen> expected, IReadOnlyList<StreamDoor.Seen> seen, string how)
    {
        Assert.True(expected.Select(record => record.Number).SequenceEqual(seen.Select(record => record.Number)), $"{how}: {string.Join(' ', seen)} instead of {string.Join(' ', expected)}");
        for (var i = 0; i < seen.Count; i++) Assert.True(seen[i].Sequence is null || seen[i].Sequence == expected[i].Sequence, $"{how}: {seen[i]} instead of {expected[i]}");
    }
}
