using Mesh.Engine.Rooms;
using Mesh.Orleans.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Orleans.Rooms;

/// <summary>
/// Brings what histories have committed to their rooms' grains. Sequences are the messages' numbers there, so a call that is made again reaches nobody twice.
/// Thread-safe.
/// </summary>
internal sealed class RoomAudience(IServiceProvider services, IOptions<MeshClientOptions> options, ClusterChanges changes) : IRoomAudience
{
    private readonly Patience _patience = new(options.Value.RetryFor, changes);

    public async ValueTask HandOutAsync(StreamName room, IReadOnlyList<RoomBatch> messages)
    {
        if (room.Project != StreamName.DefaultProject) return;
        var posts = new List<RoomPost>();
        foreach (var batch in messages)
            foreach (var message in batch.Messages) posts.Add(new RoomPost(SenderOf(batch.Log), message.Sequence.Value, message.Body.ToArray()));
        var grain = services.GetRequiredService<IGrainFactory>().GetGrain<IRoomGrain>(RoomKey.Of(RoomHistory.RoomOf(room)));
        RoomPost[] all = [.. posts];
        await _patience.CallAsync(() => grain.PublishAsync(all));
    }

    /// <summary>Processes choose theirs at random; a log made anew is another sender.</summary>
    private static ulong SenderOf(StreamNumber log) => ~(ulong)log.Value;
}
