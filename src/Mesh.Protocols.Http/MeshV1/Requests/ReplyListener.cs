namespace Mesh.Protocols.Http.MeshV1.Requests;

/// <summary>Takes the first message of a room. Thread-safe.</summary>
internal sealed class ReplyListener : IRoomListener
{
    private readonly TaskCompletionSource<byte[]> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first message.</summary>
    public Task<byte[]> Reply => _first.Task;

    public void OnMessage(scoped in RoomMessage message)
    {
        if (!_first.Task.IsCompleted) _first.TrySetResult(message.Payload.ToArray());
    }
}
