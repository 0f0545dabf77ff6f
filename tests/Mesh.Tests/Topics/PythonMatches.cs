using System.Diagnostics;
using System.Text.Json;

namespace Mesh.Tests.Topics;

/// <summary>Asks the machine's Python which topics its own regular expressions match.</summary>
internal static class PythonMatches
{
    /// <returns>For each pattern, for each topic; null where Python refuses the pattern.</returns>
    public static bool[]?[] Of(string[] patterns, string[] topics)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Topics", "python_matches.py");
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        python.StandardInput.Write(JsonSerializer.Serialize(new { patterns, topics }));
        python.StandardInput.Close();
        var answer = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return JsonSerializer.Deserialize<bool[]?[]>(answer)!;
    }
}
