using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Mesh.Hosting.Doors;

/// <summary>Opens a listener of the web server for each door but RESP, and marks those connections that are HTTP.</summary>
internal static class Listeners
{
    /// <summary>Largest HTTP request body taken, in bytes. The doors behind it have smaller bounds of their own.</summary>
    public const long HttpBodyBytesMax = 20 * 1024 * 1024;

    public static void Configure(KestrelServerOptions kestrel, IReadOnlyList<Door> doors, int connectionsMax, TimeSpan? keepAlive)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = connectionsMax;
        kestrel.Limits.MaxRequestBodySize = HttpBodyBytesMax;

        // A subscriber may be busy for minutes with what it got; the door has a bound of its own for that, and tells where to go on.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.KeepAlivePingDelay = keepAlive ?? Timeout.InfiniteTimeSpan;
        foreach (var door in doors.Where(each => each.Kind != DoorKind.Resp)) kestrel.Listen(door.Address.ToEndPoint(), listen => Configure(listen, door));
    }

    /// <summary>Makes a taken or forbidden address an error that names the option.</summary>
    public static void Configure(SocketTransportOptions transport, IReadOnlyList<Door> doors) =>
        transport.CreateBoundListenSocket = endPoint =>
        {
            try
            {
                return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            }
            catch (SocketException failure)
            {
                throw DoorTakenException.Of(doors.First(each => each.Address.ToEndPoint().Equals(endPoint)), failure);
            }
        };

    private static void Configure(ListenOptions listen, Door door)
    {
        door.Bound = () => listen.IPEndPoint!;
        if (door.Connections is { } serve)
        {
            listen.Run(connection => serve(connection));
            return;
        }

        door.Tls?.Apply(listen);
        listen.Protocols = door.Kind == DoorKind.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Features.Set(door);
            return next(connection);
        });
    }
}
