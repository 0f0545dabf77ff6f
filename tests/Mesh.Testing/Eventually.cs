using System.Diagnostics;
using Xunit;

namespace Mesh.Testing;

/// <summary>For what another process or thread does in its own time, and tells nobody.</summary>
public static class Eventually
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is true.</summary>
    public static async Task TrueAsync(Func<Task<bool>> isTrue, string expectation)
    {
        for (var since = Stopwatch.StartNew(); !await isTrue();)
        {
            Assert.True(since.Elapsed < PatienceMax, $"Not within {PatienceMax.TotalSeconds:0} s: {expectation}");
            await Task.Delay(Pause);
        }
    }
}
