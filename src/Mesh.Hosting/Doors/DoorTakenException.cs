using System.Net.Sockets;

namespace Mesh.Hosting.Doors;

/// <summary>A door's address cannot be opened. The message names the option that changes it.</summary>
public sealed class DoorTakenException : Exception
{
    private DoorTakenException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public static DoorTakenException Of(Door door, SocketException failure)
    {
        var cause = failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "another process listens there",
            SocketError.AccessDenied => "this user may not open that port",
            SocketError.AddressNotAvailable => "this machine has no such address",
            _ => failure.Message,
        };
        return new DoorTakenException(
            $"{door.Option} cannot open {door.Address}: {cause}. Choose another with {door.Option} <port>, or close this door with {door.Option} off.", failure);
    }
}
