using Mesh.Engine.Groups;
using Mesh.Frames;

namespace Mesh.Engine.Rooms;

/// <summary>The history of one room. What is appended, by whichever door, is handed to the room's audience after its commit.</summary>
public sealed class RoomLog(StreamName name, EngineContext engine, IRoomAudience audience) : GroupedActor(name, engine)
{
    private readonly RoomFeed _feed = new(name, audience);
    private readonly byte[] _room = RoomHistory.RoomOf(name);

    /// <summary>No append makes a history: a room keeps one when it was told to.</summary>
    public override ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default) =>
        base.AppendAsync(segment, options with { MustExist = true });

    /// <summary>Appends a message; answers when it is durable and was handed to the audience.</summary>
    /// <exception cref="PublishRefusedException">It is too large for any history.</exception>
    public ValueTask<AppendResult> PublishAsync(ReadOnlySpan<byte> message)
    {
        using var segment = RoomHistory.Encode(_room, message);
        return AfterHandingOutAsync(AppendAsync(segment.Finish()));
    }

    /// <summary>Ends when all that is committed was handed to the audience.</summary>
    public Task WhenHandedOutAsync() => _feed.WhenHandedOutAsync();

    internal override void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        base.OnCommitted(header, batch);
        _feed.Add(Log!.Number, header, batch);
    }

    /// <summary>No group makes a history either.</summary>
    private protected override ValueTask<bool> CreateForGroupAsync() => new(false);

    private async ValueTask<AppendResult> AfterHandingOutAsync(ValueTask<AppendResult> appended)
    {
        var result = await appended;
        if (result is AppendResult.Appended) await _feed.WhenHandedOutAsync();
        return result;
    }
}
