using Mesh.Engine.Rooms;
using Mesh.Frames;
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
    private const int PostsBytesMin = 1024;

    private readonly Patience _patience = new(options.Value.RetryFor, changes);

    public async ValueTask HandOutAsync(StreamName room, IReadOnlyList<RoomBatch> messages)
    {
        if (room.Project != StreamName.DefaultProject) return;
        var grain = services.GetRequiredService<IGrainFactory>().GetGrain<IRoomGrain>(RoomKey.Of(RoomHistory.RoomOf(room)));
        foreach (var ofLog in messages.GroupBy(batch => batch.Log))
        {
            var posts = PostsOf(ofLog.Key, ofLog.Select(batch => batch.Messages));
            await _patience.CallAsync(() => grain.PublishAsync(posts));
        }
    }

    /// <summary>A log's sequences have no gap, so they number what was committed one batch after another.</summary>
    private static RoomPosts PostsOf(StreamNumber log, IEnumerable<BatchSlice> batches)
    {
        var posts = new PostBuffer(PostsBytesMin);
        long? first = null;
        foreach (var batch in batches)
        {
            foreach (var message in batch)
            {
                first ??= message.Sequence.Value;
                posts.Add(message.Body);
            }
        }

        return posts.ToPosts(SenderOf(log), first ?? 0);
    }

    /// <summary>Processes choose theirs at random; a log made anew is another sender.</summary>
    private static ulong SenderOf(StreamNumber log) => ~(ulong)log.Value;
}
