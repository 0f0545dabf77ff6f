using Xunit;

namespace Mesh.Testing.Doors;

/// <summary>Everything at once through all doors of one stream, whatever its kind, by random choices; a failure names their seed.</summary>
/// <param name="open">Opens the doors.</param>
/// <param name="appends">By each of the writers.</param>
public abstract class InterleavedDoorsContract(Func<Task<AllDoors>> open, int appends) : DoorContract<AllDoors>(open)
{
    [Fact]
    public Task A_channel_under_everything_at_once_is_one_log() => RunAsync(Door.OfChannel($"mixed{Door.Mark}", "/agent7"));

    [Fact]
    public Task A_ring_under_everything_at_once_is_one_log() => RunAsync(Door.OfRing(BitConverter.ToUInt32(Guid.NewGuid().ToByteArray())));

    [Fact]
    public Task A_queue_under_everything_at_once_is_one_log() => RunAsync(Door.OfQueue($"mixed{Door.Mark}"));

    [Fact]
    public Task A_topic_under_everything_at_once_is_one_log() => RunAsync(Door.OfTopic($"mixed{Door.Mark}"));

    [Fact]
    public async Task A_room_with_a_history_under_everything_at_once_is_one_log() => await RunAsync(await Door.OfRoomAsync($"mixed{Door.Mark}"));

    private async Task RunAsync(IReadOnlyList<StreamDoor> doors)
    {
        var seed = Random.Shared.Next();
        try
        {
            await new Interleaving(doors, seed).RunAsync(appends);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"With seed {seed}: {failure.Message}", failure);
        }
    }
}
