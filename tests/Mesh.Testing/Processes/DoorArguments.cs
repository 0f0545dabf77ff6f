namespace Mesh.Testing.Processes;

/// <summary>Where a host's doors open, as its command line has it.</summary>
public static class DoorArguments
{
    private static readonly string[] Doors = ["--http", "--rse", "--grpc", "--resp", "--rotera", "--zaqar-ws"];

    /// <summary>Every door at any free port of loopback.</summary>
    public static string[] AnyPort { get; } = Of("0");

    /// <summary>Every door at one listener, but some.</summary>
    /// <param name="listener">Of those that are not named.</param>
    /// <param name="except">Option and listener.</param>
    public static string[] Of(string listener, params (string Door, string Listener)[] except) =>
        [.. Doors.SelectMany(door => new[] { door, except.FirstOrDefault(each => each.Door == door).Listener ?? listener })];
}
