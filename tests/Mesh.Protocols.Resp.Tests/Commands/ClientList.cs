using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>What CLIENT LIST tells a test about other clients.</summary>
internal static class ClientList
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    /// <summary>Ends when so many clients wait in a command.</summary>
    public static async Task WhenBlockedAsync(RespWire wire, string command, int clients)
    {
        using var limit = new CancellationTokenSource(TimeMax);
        while (true)
        {
            var list = Assert.IsType<string>(await wire.AskAsync("CLIENT", "LIST"));
            var waiting = list.Split('\n').Count(line => line.Contains(" flags=b ", StringComparison.Ordinal) && line.Contains($" cmd={command} ", StringComparison.Ordinal));
            if (waiting == clients) return;
            limit.Token.ThrowIfCancellationRequested();
        }
    }
}
