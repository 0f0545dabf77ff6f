using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Mesh.Standalone;

/// <summary>Opens a listener for each door and marks its connections.</summary>
internal static class Listeners
{
    /// <summary>Largest HTTP request body taken, in bytes. The doors behind it have smaller bounds of their own.</summary>
    public const long HttpBodyBytesMax = 20 * 1024 * 1024;

    public static void Configure(KestrelServerOptions kestrel, IReadOnlyList<Door> doors, StandaloneOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
        kestrel.Limits.MaxRequestBodySize = HttpBodyBytesMax;
        foreach (var door in doors) kestrel.Listen(door.Address.ToEndPoint(), listen => Configure(listen, door));
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
                var door = doors.First(each => each.Address.ToEndPoint().Equals(endPoint));
                throw new DoorTakenException(Explain(door, endPoint, failure), failure);
            }
        };

    private static string Explain(Door door, EndPoint endPoint, SocketException failure)
    {
        var cause = failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "another process listens there",
            SocketError.AccessDenied => "this user may not open that port",
            SocketError.AddressNotAvailable => "this machine has no such address",
            _ => failure.Message,
        };
        return $"{door.Option} cannot open {endPoint}: {cause}. Choose another with {door.Option} <port>, or close this door with {door.Option} off.";
    }

    private static void Configure(ListenOptions listen, Door door)
    {
        door.Listening = listen;
        listen.Protocols = door.Kind == DoorKind.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Features.Set(door);
            return next(connection);
        });
    }
}
