using System.Net.Sockets;
using Mesh.Protocols.Resp;
using Mesh.Topics;

namespace Mesh.Hosting.Doors;

/// <summary>Opens the RESP door before the web server's, and closes it together with them.</summary>
internal sealed class RespDoor(Door door, IMesh mesh, TopicPartitions topics, DoorOptions options, ILogger<RespListener> log) : IHostedService
{
    private RespListener? _listener;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var bounds = new RespOptions
            {
                ConnectionsMax = options.ConnectionsMax,
                AdvertisedHost = options.RespAdvertise?.Host,
                Redirect = options.ClusterRedirect,
                AdvertisedPort = options.RespAdvertise?.Port,
            };
            var listener = RespListener.Start(door.Address.ToEndPoint(), mesh, bounds, log: log, topics: topics);
            door.Bound = () => listener.EndPoint;
            _listener = listener;
            return Task.CompletedTask;
        }
        catch (SocketException failure)
        {
            throw DoorTakenException.Of(door, failure);
        }
    }

    /// <param name="cancellationToken">Cancelled when clients have had their time to take their answers.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is null) return;
        try
        {
            await _listener.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Some client does not take its answers; the end of the process cuts it off.
        }
    }
}
