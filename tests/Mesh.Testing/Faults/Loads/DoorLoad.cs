using System.Net.Sockets;

namespace Mesh.Testing.Faults.Loads;

/// <summary>
/// A producer that sends one message after the other through a door, and goes to the next process when one does not answer. A message that was not answered is
/// not sent again: what became of it stays unknown.
/// </summary>
public abstract class DoorLoad(History history, IReadOnlyList<OpenDoors> servers, string stream, string producer) : IDisposable
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private int _server;

    /// <summary>The stream's address, as in <c>ring:orders</c>.</summary>
    public string Stream => stream;

    protected OpenDoors Server => servers[_server % servers.Count];

    public async Task RunAsync(CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            var send = history.Sending(stream, new MessageId(producer, number));
            try
            {
                await SendAsync(send).WaitAsync(AnswerMax, CancellationToken.None);
                if (send.IsAcknowledged) continue;
            }
            catch (Exception failure) when (failure is IOException or SocketException or HttpRequestException or TimeoutException or OperationCanceledException)
            {
                Disconnect();
                _server++;
            }

            await Task.Delay(Pause, CancellationToken.None);
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
