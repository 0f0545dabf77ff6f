using Mesh.Frames;

namespace Mesh.Engine.Rooms;

/// <summary>
/// Hands to a room's audience what its history has committed, in order, each record once. What comes while some is being handed out goes together next. Records
/// are taken from the commit, not read back, so that a history of one record keeps no listener from any. Thread-safe.
/// </summary>
internal sealed class RoomFeed(StreamName room, IRoomAudience audience)
{
    /// <summary>What waits for the audience at most; beyond it listeners miss messages, and those who follow the history find them there.</summary>
    private const long BytesMax = 8 * 1024 * 1024;

    private readonly Lock _change = new();
    private List<RoomBatch> _waiting = [];
    private TaskCompletionSource _waitingDone = NewSignal();
    private Task _underWay = Task.CompletedTask;
    private long _waitingBytes;
    private bool _isHandingOut;

    /// <summary>In the history's turn.</summary>
    public void Add(StreamNumber log, in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        lock (_change)
        {
            if (_waiting.Count > 0 && _waitingBytes + batch.Length > BytesMax) return;
            _waiting.Add(new RoomBatch(log, BatchSlice.Whole(batch, header)));
            _waitingBytes += batch.Length;
            if (_isHandingOut) return;
            _isHandingOut = true;
        }

        // Not here, for a turn never waits.
        _ = Task.Run(HandOutAsync);
    }

    /// <summary>Ends when all that was added before was handed out.</summary>
    public Task WhenHandedOutAsync()
    {
        lock (_change) return _waiting.Count > 0 ? _waitingDone.Task : _underWay;
    }

    private async Task HandOutAsync()
    {
        while (true)
        {
            List<RoomBatch> messages;
            TaskCompletionSource done;
            lock (_change)
            {
                if (_waiting.Count == 0)
                {
                    _isHandingOut = false;
                    return;
                }

                (messages, done) = (_waiting, _waitingDone);
                (_waiting, _waitingDone, _waitingBytes) = ([], NewSignal(), 0);
                _underWay = done.Task;
            }

            try
            {
                await audience.HandOutAsync(room, messages);
            }
            catch (StorageUnavailableException)
            {
                // Nobody can be reached at the moment. The messages are stored, and listeners are promised no more than their best.
            }
            finally
            {
                done.SetResult();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
