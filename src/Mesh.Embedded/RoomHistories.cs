using Mesh.Engine.Rooms;
using Mesh.Engine.Storage;

namespace Mesh.Embedded;

/// <summary>
/// Knows which rooms keep a history: the catalogue is this process's alone, so what it holds at the start and every change through it are all there is. And
/// brings what the histories commit to the listeners. Thread-safe.
/// </summary>
internal sealed class RoomHistories(RoomDirectory rooms, ILogStore store) : IRoomAudience
{
    private const int PageEntries = 1000;

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Reads the catalogue. Called once, before anything is published.</summary>
    public async Task LoadAsync()
    {
        for (var after = ""; ;)
        {
            var page = await store.ListEntriesAsync(StreamName.DefaultProject, StreamKind.Room, after, PageEntries);
            foreach (var entry in page) rooms.KeepHistory(entry.Name, keeps: true);
            if (page.Count < PageEntries) return;
            after = page[^1].Name.Name;
        }
    }

    /// <summary>A stream was made or deleted. Whichever of several changes comes last, what the catalogue has then counts.</summary>
    public async ValueTask OnChangedAsync(StreamName name)
    {
        if (name is not { Kind: StreamKind.Room, Project: StreamName.DefaultProject }) return;
        await _turn.WaitAsync();
        try
        {
            rooms.KeepHistory(name, await store.FindEntryAsync(name) is not null);
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask HandOutAsync(StreamName room, IReadOnlyList<RoomBatch> messages)
    {
        if (room.Project != StreamName.DefaultProject) return default;
        var name = RoomHistory.RoomOf(room);
        PushTurn.Begin();
        try
        {
            foreach (var batch in messages)
                foreach (var message in batch.Messages) rooms.HandOut(name, message.Body);
        }
        finally
        {
            PushTurn.End();
        }

        return default;
    }
}
