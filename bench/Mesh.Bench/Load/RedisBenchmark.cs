using System.Diagnostics;
using System.Globalization;
using System.Net;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Load;

/// <summary>Drives a server with <c>redis-benchmark</c>.</summary>
internal static class RedisBenchmark
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(10);

    /// <returns>Requests answered per second.</returns>
    public static async Task<double> RunAsync(IPEndPoint server, int clients, int pipeline, long requests, params string[] command)
    {
        string[] arguments =
        [
            "-h", $"{server.Address}", "-p", $"{server.Port}", "-c", $"{clients}", "-P", $"{pipeline}", "-n", $"{requests}", "--csv",
            .. command,
        ];
        var start = new ProcessStartInfo(Tools.Find("redis-benchmark"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(TimeMax);
        using var cut = timeout.Token.Register(process.Kill); // it tries for ever to reach a server that has gone
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var line = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(each => each.StartsWith('"')) ?? "";
        var cells = line.Split("\",\"");
        return cells.Length > 1 && double.TryParse(cells[1].Trim('"'), CultureInfo.InvariantCulture, out var rate)
            ? rate
            : throw new InvalidOperationException($"redis-benchmark {string.Join(' ', arguments)} gave no rate:\n{output}{await errors}");
    }
}
