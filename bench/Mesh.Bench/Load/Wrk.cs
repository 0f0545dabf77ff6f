using System.Diagnostics;
using System.Globalization;
using System.Net;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Load;

/// <summary>What one run of <c>wrk</c> gave.</summary>
/// <param name="Rate">Requests answered per second.</param>
/// <param name="Percentile99Millis">99 of 100 requests were answered at least as fast, in milliseconds.</param>
internal sealed record WrkResult(double Rate, double Percentile99Millis);

/// <summary>Drives an HTTP server with <c>wrk</c> and a script of one of the bench's folders.</summary>
internal static class Wrk
{
    /// <summary>Queue that the scripts use.</summary>
    public const string Queue = "bench";

    /// <summary>Project that the scripts use.</summary>
    public const string Project = "bench";

    /// <summary>A script of the folder <c>Zaqar</c>, on <see cref="Queue"/>.</summary>
    /// <param name="server">Speaks Zaqar's version 2.</param>
    /// <param name="script">Its name, without an ending.</param>
    /// <param name="connections">Each has one request outstanding.</param>
    /// <param name="duration">At least a second.</param>
    /// <exception cref="InvalidOperationException">A request failed, or the output has another form.</exception>
    public static Task<WrkResult> RunAsync(IPEndPoint server, string script, int connections, TimeSpan duration) =>
        RunAsync(server, "Zaqar", script, $"/v2/queues/{Queue}", connections, duration);

    /// <param name="server">Speaks HTTP.</param>
    /// <param name="folder">Of the bench; has the script.</param>
    /// <param name="script">Its name, without an ending.</param>
    /// <param name="path">What the script is told.</param>
    /// <param name="connections">Each has one request outstanding.</param>
    /// <param name="duration">At least a second.</param>
    /// <param name="posts">For scripts that read and post: of ten requests so many are posts.</param>
    /// <exception cref="InvalidOperationException">A request failed, or the output has another form.</exception>
    public static async Task<WrkResult> RunAsync(IPEndPoint server, string folder, string script, string path, int connections, TimeSpan duration, int posts = 0)
    {
        var scripts = Path.Combine(Tools.Root, "bench", "Mesh.Bench", folder);
        var start = new ProcessStartInfo(
            Tools.Find("wrk"),
            ["-t", "1", "-c", $"{connections}", "-d", $"{(int)duration.TotalSeconds}", "--timeout", "30", "--latency", "-s", Path.Combine(scripts, script + ".lua"), $"http://{server}{path}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["MESH_BENCH_LUA"] = scripts;
        start.Environment["MESH_BENCH_POSTS"] = posts.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var lines = output.Split('\n', StringSplitOptions.TrimEntries);
        var isWhole = !lines.Any(line => line.StartsWith("Non-2xx", StringComparison.Ordinal) || line.StartsWith("Socket errors", StringComparison.Ordinal));
        return isWhole && double.TryParse(After(lines, "Requests/sec:"), CultureInfo.InvariantCulture, out var rate) && Millis(After(lines, "99%")) is { } percentile
            ? new WrkResult(rate, percentile)
            : throw new InvalidOperationException($"wrk {script} on {server} had failures:\n{output}");
    }

    private static string After(string[] lines, string label) =>
        lines.FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal))?[label.Length..].Trim() ?? "";

    /// <summary>Reads <c>950.00us</c>, <c>4.87ms</c>, <c>1.20s</c> and <c>2.00m</c>.</summary>
    private static double? Millis(string text)
    {
        var digits = text.TrimEnd('u', 'm', 's');
        if (!double.TryParse(digits, CultureInfo.InvariantCulture, out var number)) return null;
        return text[digits.Length..] switch
        {
            "us" => number / 1000,
            "ms" => number,
            "s" => number * 1000,
            "m" => number * 60_000,
            _ => null,
        };
    }
}
