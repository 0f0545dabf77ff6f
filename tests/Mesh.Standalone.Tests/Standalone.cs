using System.Diagnostics;
using Mesh.Testing.Processes;

namespace Mesh.Standalone.Tests;

/// <summary>Runs the built program.</summary>
internal static class Standalone
{
    public static ProcessStartInfo Command(params string[] arguments) => MeshProcess.Command("standalone", arguments);

    /// <summary>Starts with every door on a free port of loopback, and waits for the banner's end.</summary>
    public static Task<MeshProcess> OpenAsync(string data, params string[] more) =>
        MeshProcess.OpenAsync(Command([.. DoorArguments.AnyPort, "--data", data, .. more]));
}
