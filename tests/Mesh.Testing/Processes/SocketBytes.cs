using System.Globalization;
using System.Text.RegularExpressions;
using Mesh.Testing.Tools;

namespace Mesh.Testing.Processes;

/// <summary>What the kernel has counted at the TCP sockets of processes, as <c>ss</c> of iproute2 tells it: bytes sent and received since each socket was connected.</summary>
public static class SocketBytes
{
    /// <summary>Bytes in and out over all TCP sockets that each process has open now. What a socket that is closed had carried is not in it.</summary>
    public static async Task<IReadOnlyDictionary<int, long>> OfAsync(IEnumerable<int> processes)
    {
        var bytes = processes.ToDictionary(process => process, _ => 0L);
        var sockets = await Command.RunAsync(Path.GetTempPath(), "ss", ["--tcp", "--info", "--numeric", "--no-header", "--processes", "--oneline"]);
        foreach (var socket in sockets.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var owner = Regex.Match(socket, @"\bpid=(\d+)");
            if (!owner.Success) continue;
            var process = int.Parse(owner.Groups[1].Value, CultureInfo.InvariantCulture);
            if (bytes.ContainsKey(process)) bytes[process] += Number(socket, "bytes_sent") + Number(socket, "bytes_received");
        }

        return bytes;
    }

    /// <summary>A socket that has carried nothing in a direction shows no number for it.</summary>
    private static long Number(string socket, string name)
    {
        var match = Regex.Match(socket, $@"\b{name}:(\d+)");
        return match.Success ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }
}
