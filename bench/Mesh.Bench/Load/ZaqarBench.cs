using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Load;

/// <summary>What one part of <c>zaqar-bench</c> saw.</summary>
/// <param name="Rate">Requests that succeeded per second.</param>
/// <param name="Millis">Mean time of one request.</param>
internal sealed record ZaqarBenchPart(double Rate, double Millis);

/// <summary>
/// Drives a server with Zaqar's own load tool: producers, and consumers that claim and delete, at once, over python-zaqarclient. No observers: while
/// messages are deleted, Zaqar on Redis answers most lists 503.
/// </summary>
internal static class ZaqarBench
{
    /// <summary>In the order of what <see cref="RunAsync"/> returns.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["producer", "consumer"];

    /// <exception cref="InvalidOperationException">The tool failed, or requests did.</exception>
    public static async Task<IReadOnlyList<ZaqarBenchPart>> RunAsync(IPEndPoint server, TimeSpan duration)
    {
        Tools.Require("/usr/lib/python3/dist-packages/zaqar", "python3-zaqar");
        var script = Path.Combine(Tools.Root, "bench", "Mesh.Bench", "Zaqar", "zaqar_bench.py");
        string[] arguments = ["-B", "-W", "ignore", script, "--server_url", $"http://{server}", "--time", ((int)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            "--producer_workers", "10", "--consumer_workers", "5", "--observer_workers", "0", "--nodebug"];
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var report = Array.Find(output.Split('\n'), line => line.StartsWith('{'))
            ?? throw new InvalidOperationException($"zaqar-bench on {server} failed:\n{output}");
        using var json = JsonDocument.Parse(report);
        return [.. Parts.Select(part => Read(json.RootElement.GetProperty(part), part))];
    }

    private static ZaqarBenchPart Read(JsonElement part, string name)
    {
        double Number(string field) => part.GetProperty(field).GetDouble();
        if (Number("successful_reqs") < Number("total_reqs")) throw new InvalidOperationException($"Requests of zaqar-bench's {name} failed: {part}");
        return new ZaqarBenchPart(Number("reqs_per_sec"), name == "consumer" ? Number("ms_per_claim") : Number("ms_per_req"));
    }
}
