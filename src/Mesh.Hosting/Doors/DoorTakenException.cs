using System.Net.Sockets;

namespace Mesh.Hosting.Doors;

/// <summary>A door's address cannot be opened. The message names the option that changes it.</summary>
public sealed class DoorTakenException : Exception
{
    private DoorTakenException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public static DoorTakenException Of(Door door, SocketException failure) => Of(
        door.Option, door.Address, failure, $"Choose another with {door.Option} <port>, or close this door with {door.Option} off.");

    /// <param name="option">The command line option that moves it.</param>
    /// <param name="address">Where it should have opened.</param>
    /// <param name="failure">Why it did not.</param>
    /// <param name="advice">What to do, in a sentence.</param>
    public static DoorTakenException Of(string option, ListenAddress address, SocketException failure, string advice)
    {
        var cause = failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "another process listens there",
            SocketError.AccessDenied => "this user may not open that port",
            SocketError.AddressNotAvailable => "this machine has no such address",
            _ => failure.Message,
        };
        return new DoorTakenException($"{option} cannot open {address}: {cause}. {advice}", failure);
    }
}
