namespace Mesh.Testing.Doors;

/// <summary>A stream as a protocol pushes it. One reader.</summary>
public abstract class StreamTail : IAsyncDisposable
{
    /// <summary>Waits for the next record, for <see cref="StreamDoor.WaitMax"/> at most.</summary>
    public async Task<StreamDoor.Seen> NextAsync() => await TakeAsync().WaitAsync(StreamDoor.WaitMax);

    public abstract ValueTask DisposeAsync();

    protected abstract Task<StreamDoor.Seen> TakeAsync();
}
