using System.Buffers;
using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Rooms;

/// <summary>
/// Pushes what a log holds to one client, from a record on and then live, so that there is no gap and no double. A client that reads slowly falls behind, and is
/// not cut off.
/// </summary>
/// <param name="session">The client.</param>
/// <param name="log">The log.</param>
/// <param name="from">The first record wanted.</param>
/// <param name="goOn">After a failure: the first record wanted of the log as it stands then.</param>
/// <param name="write">Writes the pushes of a page.</param>
internal sealed class LogFollower(RespSession session, IStreamLog log, Sequence from, Func<StreamState, Sequence> goOn, Action<IBufferWriter<byte>, RecordPage> write)
{
    /// <summary>No more is read from the log while so much waits for the client.</summary>
    private const int UnsentBytesMax = 1024 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly ArrayBufferWriter<byte> _encoded = new();
    private Sequence _from = from;
    private Task _following = Task.CompletedTask;

    /// <summary>The subscription is confirmed.</summary>
    public void Begin() => _following = Task.Run(FollowAsync);

    /// <summary>Ends. Nothing comes after the task ended.</summary>
    public async ValueTask EndAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var page in log.TailAsync(_from, _stop.Token))
                {
                    Push(page);
                    await session.WhenUnsentBelowAsync(UnsentBytesMax).WaitAsync(_stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception reason) when (ErrorMap.Of(reason) is not null)
            {
                // Storage is away, or the log has moved: what was read last is known.
                await GoOnAsync();
            }
            catch (Exception)
            {
                // Better no connection than one that misses messages.
                session.CutOff();
                throw;
            }
        }
    }

    private async Task GoOnAsync()
    {
        try
        {
            await Task.Delay(Pause, session.Clock, _stop.Token);
            _from = goOn(await log.StateAsync(_stop.Token));
        }
        catch (Exception reason) when (reason is OperationCanceledException || ErrorMap.Of(reason) is not null)
        {
            // Tried again, or over.
        }
    }

    private void Push(RecordPage page)
    {
        _encoded.ResetWrittenCount();
        write(_encoded, page);
        _from = page.Next;
        if (_encoded.WrittenCount > 0) session.SendFollowed(_encoded.WrittenSpan);
    }
}
