using System.Diagnostics;
using System.Net;
using Mesh.Testing;

namespace Mesh.Bench.Load;

/// <summary>Appends to many rings at once, one after the other on each, and notes how long each was not answered.</summary>
internal static class FailoverLoad
{
    private const int Rings = 40;

    /// <summary>Appends until every ring has had an answer to what was sent after something happened.</summary>
    /// <returns>For each ring, milliseconds from then to that answer.</returns>
    /// <exception cref="InvalidOperationException">An append was refused.</exception>
    public static async Task<double[]> RunAsync(IPEndPoint server, Func<Task> happen)
    {
        var at = long.MaxValue;
        var appending = Enumerable.Range(0, Rings).Select(async ring =>
        {
            await using var wire = await RespWire.ConnectAsync(server);
            while (true)
            {
                var sentAt = Stopwatch.GetTimestamp();
                if (await wire.AskAsync("XADD", $"failover-{ring}", "*", "field", "value") is RespError error) throw new InvalidOperationException(error.Text);
                var since = Volatile.Read(ref at);
                if (sentAt >= since) return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            }
        }).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(1)); // every ring is open by then
        Volatile.Write(ref at, Stopwatch.GetTimestamp());
        await happen();
        return await Task.WhenAll(appending);
    }
}
