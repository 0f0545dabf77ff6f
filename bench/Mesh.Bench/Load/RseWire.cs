using System.Diagnostics;
using System.Net;

namespace Mesh.Bench.Load;

/// <summary>What the bench does over RSE.</summary>
internal static class RseWire
{
    /// <summary>The one token that the server under test knows.</summary>
    public const string Token = "bench-token";

    private const string Body = """{"Event":"Wake","RequestId":"6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10","Data":{"n":1}}""";
    private const int WarmUps = 500;

    /// <summary>The time a poll needs to reach the server and to wait there.</summary>
    private static readonly TimeSpan ToWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Time from a post to the whole answer of the long poll that waits for it, one at a time.</summary>
    /// <param name="server">Speaks RSE.</param>
    /// <param name="path">Where, such as <c>/rse</c>.</param>
    /// <param name="posts">How many.</param>
    /// <returns>Milliseconds: the half of the posts, and 99 of 100, came at least as fast.</returns>
    public static (double Median, double Percentile99) Deliver(IPEndPoint server, string path, int posts)
    {
        using var agent = new HttpWire(server);
        using var panel = new HttpWire(server);
        var millis = new double[posts];
        var last = Post(panel, path);
        for (var i = -WarmUps; i < posts; i++)
        {
            agent.Send($"GET {path}/acct/agent?wait=60&last-known-id={last}", "agent");
            for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < ToWait;) Thread.Yield();
            var posted = Stopwatch.GetTimestamp();
            panel.Send($"POST {path}/acct/agent", "panel", Body);
            Require(agent.Receive(), "200");
            if (i >= 0) millis[i] = Stopwatch.GetElapsedTime(posted).TotalMilliseconds;
            last = IdOf(panel.Receive());
        }

        Array.Sort(millis);
        return (millis[posts / 2], millis[posts * 99 / 100]);
    }

    /// <summary>Polls once.</summary>
    /// <param name="server">Speaks RSE.</param>
    /// <param name="channel">Must hold events.</param>
    public static void Poll(IPEndPoint server, string channel)
    {
        using var agent = new HttpWire(server);
        agent.Send($"GET {channel}?max-events=1", "poller");
        Require(agent.Receive(), "200");
    }

    /// <summary>Connections that have been used once and are kept.</summary>
    public static HttpWire[] Connect(IPEndPoint server, string path, int count)
    {
        var wires = new HttpWire[count];
        for (var i = 0; i < count; i++)
        {
            wires[i] = new HttpWire(server);
            wires[i].Send($"GET {ChannelOf(path, i)}", "agent");
            Require(wires[i].Receive(), "204");
        }

        return wires;
    }

    /// <summary>Each connection waits for events in a channel of its own.</summary>
    public static void Wait(HttpWire[] wires, string path)
    {
        for (var i = 0; i < wires.Length; i++) wires[i].Send($"GET {ChannelOf(path, i)}?wait=60", "agent");
    }

    /// <summary>Wakes every connection by a post to its channel, and takes the answer.</summary>
    public static void WakeAll(IPEndPoint server, HttpWire[] wires, string path)
    {
        using var panel = new HttpWire(server);
        for (var i = 0; i < wires.Length; i++)
        {
            panel.Send($"POST {ChannelOf(path, i)}", "panel", Body);
            Require(panel.Receive(), "201");
            Require(wires[i].Receive(), "200");
        }
    }

    private static string ChannelOf(string path, int agent) => $"{path}/idle{agent % 100}/agent{agent}";

    private static string Post(HttpWire panel, string path)
    {
        panel.Send($"POST {path}/acct/agent", "panel", Body);
        return IdOf(panel.Receive());
    }

    private static string IdOf(string head) => HttpWire.Header(head, "X-RSE-Event-Id") ?? throw new InvalidOperationException($"A post was answered without an id:\n{head}");

    private static void Require(string head, string status)
    {
        if (!head.StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal)) throw new InvalidOperationException($"An answer was not {status}:\n{head}");
    }
}
