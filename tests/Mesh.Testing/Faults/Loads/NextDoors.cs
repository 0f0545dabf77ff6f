using System.Net.Sockets;

namespace Mesh.Testing.Faults.Loads;

/// <summary>The process that a client talks to, and the next one when it does not answer. Used by one flow.</summary>
public sealed class NextDoors(IReadOnlyList<OpenDoors> servers)
{
    /// <summary>How long an answer is waited for.</summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private int _at;

    public OpenDoors Current => servers[_at % servers.Count];

    /// <summary>The process is gone, or does not answer: nothing is known of what it was asked.</summary>
    public static bool IsLost(Exception failure) =>
        failure is IOException or SocketException or HttpRequestException or TimeoutException or OperationCanceledException;

    public void MoveOn() => _at++;

    /// <summary>A moment before what was refused, or lost, is asked again.</summary>
    public static Task PauseAsync() => Task.Delay(Pause, CancellationToken.None);
}
