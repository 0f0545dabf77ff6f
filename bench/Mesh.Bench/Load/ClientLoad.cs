using System.Diagnostics;
using System.Net;
using Mesh.Client;

namespace Mesh.Bench.Load;

/// <summary>What an application does with Mesh.Client: appends, each awaited, and a tail.</summary>
internal static class ClientLoad
{
    /// <summary>So many flows append to one stream, each its next record when the last one is durable.</summary>
    /// <returns>Records acknowledged per second.</returns>
    public static async Task<double> AppendAsync(IPEndPoint server, int flows, int bodyBytes, TimeSpan duration)
    {
        await using var client = MeshClient.Connect($"http://{server}");
        var stream = client.Stream("ring:bench");
        var body = new byte[bodyBytes];
        await stream.AppendAsync(body);
        var since = Stopwatch.GetTimestamp();
        var appended = await Task.WhenAll(Enumerable.Range(0, flows).Select(_ => FlowAsync()));
        return appended.Sum() / Stopwatch.GetElapsedTime(since).TotalSeconds;

        async Task<long> FlowAsync()
        {
            long count = 0;
            for (; Stopwatch.GetElapsedTime(since) < duration; count++) await stream.AppendAsync(body);
            return count;
        }
    }

    /// <summary>Reads a stream from its beginning.</summary>
    /// <returns>Records per second.</returns>
    public static async Task<double> TailAsync(IPEndPoint server, string address, long records)
    {
        await using var client = MeshClient.Connect($"http://{server}");
        var since = Stopwatch.GetTimestamp();
        long count = 0, bytes = 0;
        await foreach (var record in client.Stream(address).TailAsync(ReadStart.At(Sequence.First)))
        {
            bytes += record.Body.Length;
            if (++count == records) break;
        }

        return count / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }
}
