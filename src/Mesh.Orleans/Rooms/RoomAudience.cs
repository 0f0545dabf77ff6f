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
    private const int PostsBytesMin = 1024;

    private readonly Patience _patience = new(options.Value.RetryFor, changes);

    public async ValueTask HandOutAsync(StreamName room, IReadOnlyList<RoomBatch> messages)
    {
        if (room.Project != StreamName.DefaultProject) return;
        foreach (var posts in PostsOf(messages)) await CallAsync(room, grain => grain.HandOutKeptAsync(posts));
    }

    /// <summary>A history was made or deleted. Ends when the room's grain knows.</summary>
    public ValueTask OnHistoryChangedAsync(StreamName room) =>
        room.Project == StreamName.DefaultProject ? CallAsync(room, grain => grain.OnHistoryChangedAsync()) : default;

    /// <summary>Batches that follow one another go together.</summary>
    private static IEnumerable<RoomPosts> PostsOf(IReadOnlyList<RoomBatch> batches)
    {
        PostBuffer? posts = null;
        var (log, first) = (default(StreamNumber), 0L);
        foreach (var batch in batches)
        {
            var begins = Frames.BatchHeader.Read(batch.Messages.Batch.Span).First.Value;
            if (posts is not null && (batch.Log != log || begins != first + posts.Count))
            {
                yield return posts.ToPosts(RoomKeeping.SenderOf(log), first);
                posts = null;
            }

            if (posts is null) (posts, log, first) = (new PostBuffer(PostsBytesMin), batch.Log, begins);
            foreach (var message in batch.Messages) posts.Add(message.Body);
        }

        if (posts is not null) yield return posts.ToPosts(RoomKeeping.SenderOf(log), first);
    }

    private async ValueTask CallAsync(StreamName room, Func<IRoomGrain, ValueTask> call)
    {
        var grain = services.GetRequiredService<IGrainFactory>().GetGrain<IRoomGrain>(RoomKey.Of(RoomHistory.RoomOf(room)));
        await _patience.CallAsync(async () =>
        {
            await call(grain);
            return true;
        });
    }
}
