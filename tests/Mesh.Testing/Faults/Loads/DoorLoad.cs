namespace Mesh.Testing.Faults.Loads;

/// <summary>
/// A producer that sends one message after the other through a door, and goes to the next process when one does not answer. A message that was not answered is
/// not sent again: what became of it stays unknown.
/// </summary>
public abstract class DoorLoad(History history, IReadOnlyList<OpenDoors> servers, string stream, string producer) : IDisposable
{
    private readonly NextDoors _doors = new(servers);

    /// <summary>The stream's address, as in <c>ring:orders</c>.</summary>
    public string Stream => stream;

    protected OpenDoors Server => _doors.Current;

    public async Task RunAsync(CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            var send = history.Sending(stream, new MessageId(producer, number));
            try
            {
                await SendAsync(send).WaitAsync(NextDoors.AnswerMax, CancellationToken.None);
                if (send.IsAcknowledged) continue;
            }
            catch (Exception failure) when (NextDoors.IsLost(failure))
            {
                Disconnect();
                _doors.MoveOn();
            }

            await NextDoors.PauseAsync();
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends it and says how it was answered.</summary>
    protected abstract Task SendAsync(Send send);

    /// <summary>Forgets the connection.</summary>
    protected abstract void Disconnect();

    protected virtual void Dispose(bool disposing) => Disconnect();
}
