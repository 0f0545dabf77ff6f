using Xunit;

namespace Mesh.Testing.Doors;

/// <summary>One log behind every door: what is published through each is read through every other, the same records in the same order under the same sequences.</summary>
public abstract class AllDoorsContract(Func<Task<AllDoors>> open) : DoorContract<AllDoors>(open)
{
    private const int Records = 18;

    [Fact]
    public Task A_channel_is_one_through_every_door() => PublishAndReadAsync(Door.OfChannel($"acct{Door.Mark}", "/agent7"));

    [Fact]
    public Task A_ring_is_one_through_every_door() => PublishAndReadAsync(Door.OfRing($"ring{Door.Mark}"));

    [Fact]
    public Task A_queue_is_one_through_every_door() => PublishAndReadAsync(Door.OfQueue($"queue{Door.Mark}"));

    [Fact]
    public Task A_topic_is_one_through_every_door() => PublishAndReadAsync(Door.OfTopic($"topic{Door.Mark}"));

    /// <summary>Publishes by random doors, from a seed, and reads by all of them. A view shows the sequences of its stream, which need not begin with 1.</summary>
    private static async Task PublishAndReadAsync(IReadOnlyList<StreamDoor> doors)
    {
        const int Seed = 17;
        var random = new Random(Seed);
        var open = doors.Where(door => door.Publishes).ToList();
        for (var number = 1; number <= Records; number++) await open[number <= open.Count ? number - 1 : random.Next(open.Count)].PublishAsync(number);
        var first = await doors[0].ReadAsync();
        Assert.Equal(Enumerable.Range(1, Records), first.Select(record => record.Number));
        Assert.Equal(first.Select(record => record.Sequence).Order(), first.Select(record => record.Sequence));
        foreach (var door in doors)
        {
            var seen = await door.ReadAsync();
            Assert.Equal(first.Select(record => record.Number), seen.Select(record => record.Number));
            if (seen.All(record => record.Sequence is not null)) Assert.Equal(first.Select(record => record.Sequence), seen.Select(record => record.Sequence));
        }
    }
}
