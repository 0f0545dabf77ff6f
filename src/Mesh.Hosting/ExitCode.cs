namespace Mesh.Hosting;

/// <summary>How the process ends.</summary>
public static class ExitCode
{
    public const int Drained = 0;

    /// <summary>Stopped before everything accepted was committed.</summary>
    public const int NotDrained = 1;

    public const int BadOption = 2;

    public const int DoorTaken = 3;

    public const int NoStorage = 4;

    /// <summary>A gateway found no silo, or a silo could not join the others.</summary>
    public const int NoSilo = 5;
}
