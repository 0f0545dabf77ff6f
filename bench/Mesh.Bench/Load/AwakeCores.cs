using System.Diagnostics;

namespace Mesh.Bench.Load;

/// <summary>Keeps every core from sleeping by busy loops of the lowest priority, so that a latency is the server's and not that of waking a core.</summary>
internal sealed class AwakeCores : IDisposable
{
    private readonly Process[] _loops =
        [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Process.Start("nice", ["-n", "19", "sh", "-c", "while :; do :; done"]))];

    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Kill();
            loop.WaitForExit();
            loop.Dispose();
        }
    }
}
