using System.Diagnostics;
using Xunit;

namespace Mesh.Testing;

/// <summary>For what another process or thread does in its own time, and tells nobody.</summary>
public static class Eventually
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is true.</summary>
    /// <param name="isTrue">Asks.</param>
    /// <param name="expectation">What is waited for, in a few words.</param>
    /// <param name="pause">Between two questions; null is 50 ms.</param>
    public static async Task TrueAsync(Func<Task<bool>> isTrue, string expectation, TimeSpan? pause = null)
    {
        for (var since = Stopwatch.StartNew(); !await isTrue();)
        {
            Assert.True(since.Elapsed < PatienceMax, $"Not within {PatienceMax.TotalSeconds:0} s: {expectation}");
            await Task.Delay(pause ?? Pause);
        }
    }
}
