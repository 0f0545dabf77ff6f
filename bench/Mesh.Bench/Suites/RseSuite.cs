using System.Globalization;
using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;
using Mesh.Embedded;
using Mesh.Frames;
using Mesh.Storage.AdoNet;

namespace Mesh.Bench.Suites;

/// <summary>RSE in live mode, with tokens, on keep-alive connections; every event is on disk before its 201.</summary>
internal static class RseSuite
{
    private const int Connections = 64;
    /// <summary>For the code to be compiled as well as it will be.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private const int IdlePolls = 10_000;
    private const int Deliveries = 3_000;

    /// <summary>Polls and posts together, beside a handler on the same web server that does nothing, in turns.</summary>
    public static async Task MixedAsync(BenchOptions options)
    {
        await using var bare = await ServerProcess.BareAsync("bare-http");
        var table = new Table(
            $"RSE: 100,000 agents poll without a cursor, a panel posts (wrk, {Connections} connections, tokens), requests/s",
            "load", "bare handler", "Mesh", "Mesh / bare", "Mesh p99 ms", "Mesh CPU µs a request");
        foreach (var posts in new[] { 0, 1, 5 })
        {
            List<double> empty = [], mesh = [], tails = [], cpu = [];
            await using var host = await OpenAsync("rse");
            await LoadAsync(host, "mixed", WarmUp, posts);
            for (var run = 0; run < options.Runs; run++)
            {
                empty.Add((await Wrk.RunAsync(bare.EndPoint, "Rse", "mixed", "/", Connections, options.Duration, posts)).Rate);
                var result = await LoadAsync(host, "mixed", options.Duration, posts);
                mesh.Add(result.Wrk.Rate);
                tails.Add(result.Wrk.Percentile99Millis);
                cpu.Add(result.Micros);
            }

            table.Row([$"{posts} of 10 are posts", new Samples(empty).ToString(), new Samples(mesh).ToString(), new Samples(mesh).Against(new Samples(empty)).ToString(), new Samples(tails).ToString(), new Samples(cpu).ToString()]);
        }
    }

    /// <summary>What a poll of three events costs while its tree holds many others.</summary>
    public static async Task PollAsync(BenchOptions options)
    {
        var table = new Table(
            $"RSE: a channel with 3 events of a panel is polled without a cursor (wrk, {Connections} connections)",
            "further events in the tree", "requests/s", "Mesh CPU µs a request");
        foreach (var events in new[] { 0, 10_000, 300_000 })
            foreach (var own in new[] { false, true })
            {
                if (own && events == 0) continue;
                var folder = ServerProcess.NewFolder();
                var data = Path.Combine(folder, "mesh.db");
                await FillAsync(data, (int)(events * options.Scale), own);
                List<double> rates = [], cpu = [];
                await using (var host = await OpenAsync("rse", data))
                {
                    RseWire.Poll(host.EndPoint, "/acct/agent"); // opens the tree
                    await LoadAsync(host, "poll", WarmUp);
                    for (var run = 0; run < options.Runs; run++)
                    {
                        var result = await LoadAsync(host, "poll", options.Duration);
                        rates.Add(result.Wrk.Rate);
                        cpu.Add(result.Micros);
                    }
                }

                Directory.Delete(folder, recursive: true);
                table.Row([$"{events * options.Scale:N0}{(own ? " of the reader itself, in the channel" : events == 0 ? "" : " of others, in another channel")}", new Samples(rates).ToString(), new Samples(cpu).ToString()]);
            }
    }

    /// <summary>Long polls: how soon a post is delivered, and what ten thousand of them take while nothing comes.</summary>
    public static async Task WaitAsync(BenchOptions options)
    {
        var polls = (int)(IdlePolls * options.Scale);
        var table = new Table(
            $"RSE: long polls; publish to delivery, one at a time (POST on disk, poll answered), and {polls:N0} idle polls",
            "polls that wait meanwhile", "p50 ms", "p99 ms", "KB a kept connection", "KB more while it waits");
        List<(double Median, double Tail)> alone = [], among = [];
        List<double> connections = [], waits = [];
        for (var run = 0; run < options.Runs; run++)
        {
            await using var host = await OpenAsync("http");
            alone.Add(RseWire.Deliver(host.EndPoint, "/rse", (int)(Deliveries * options.Scale)));
            var empty = await MemoryAsync(host);
            var wires = RseWire.Connect(host.EndPoint, "/rse", polls);
            var kept = await MemoryAsync(host);
            RseWire.Wait(wires, "/rse");
            await UntilAsync(host, polls);
            var waiting = await MemoryAsync(host);
            among.Add(RseWire.Deliver(host.EndPoint, "/rse", (int)(Deliveries * options.Scale)));
            RseWire.WakeAll(host.EndPoint, wires, "/rse");
            foreach (var wire in wires) wire.Dispose();
            connections.Add((kept - empty) / polls / 1e3);
            waits.Add((waiting - kept) / polls / 1e3);
        }

        table.Row(["0", new Samples([.. alone.Select(each => each.Median)]).ToString(), new Samples([.. alone.Select(each => each.Tail)]).ToString(), "", ""]);
        table.Row([$"{polls:N0}", new Samples([.. among.Select(each => each.Median)]).ToString(), new Samples([.. among.Select(each => each.Tail)]).ToString(), new Samples(connections).ToString(), new Samples(waits).ToString()]);
    }

    /// <returns>What wrk says, and the time that the host took of the cores for each request, in microseconds.</returns>
    private static async Task<(WrkResult Wrk, double Micros)> LoadAsync(ServerProcess host, string script, TimeSpan duration, int posts = 0)
    {
        var before = host.ProcessorTime;
        var result = await Wrk.RunAsync(host.EndPoint, "Rse", script, "/", Connections, duration, posts);
        return (result, (host.ProcessorTime - before).TotalMicroseconds / (result.Rate * duration.TotalSeconds));
    }

    private static async Task<ServerProcess> OpenAsync(string door, string? data = null)
    {
        var tokens = Path.Combine(Tools.Root, "bench", "Mesh.Bench", "Rse", "tokens");
        return await ServerProcess.MeshAsync(data, door, "--rse-mode", "live", "--rse-tokens", tokens, "--connections-max", "20000");
    }

    /// <summary>Three events for the agent, spread among those of others, or of the agent itself in the same channel.</summary>
    private static async Task FillAsync(string data, int events, bool own)
    {
        await using var store = LogStores.Open(data);
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        var tree = mesh.Channel(StreamName.Channel("acct"));
        await mesh.Catalogue.CreateAsync(StreamName.Channel("acct"), StreamOptions.Default with { RetentionAge = TimeSpan.FromHours(1) }, default);
        const int Together = 1000;
        for (var i = 0; i < 3; i++)
        {
            for (var done = 0; done < events / 3; done += Together) await AppendAsync(tree, Math.Min(Together, (events / 3) - done), own ? "/agent" : "/other", own ? "0b9d5c1e-7a1f-4d8e-8f25-3f1a6f0c2d77" : "panel");
            await AppendAsync(tree, 1, "/agent", "panel");
        }
    }

    private static async Task AppendAsync(IChannel tree, int count, string path, string producer)
    {
        using var segment = new SegmentWriter();
        var fields = new RecordFields { Key = System.Text.Encoding.ASCII.GetBytes(path), Producer = System.Text.Encoding.ASCII.GetBytes(producer), ContentType = ContentType.Json };
        for (var i = 0; i < count; i++) segment.Add(fields, """{"Event":"Heartbeat","Data":{"n":1}}"""u8);
        while (await tree.AppendAsync(segment.Finish()) is AppendResult.Busy busy) await Task.Delay(busy.RetryAfter);
    }

    private static async Task UntilAsync(ServerProcess host, int waits)
    {
        while (await MetricAsync(host, "mesh_rse_waits") < waits) await Task.Delay(50);
    }

    /// <summary>Memory that the host holds once it has had a moment to give back what it does not need.</summary>
    private static async Task<double> MemoryAsync(ServerProcess host)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        return host.ResidentBytes;
    }

    private static async Task<double> MetricAsync(ServerProcess host, string name)
    {
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri($"http://{host.EndPoint}/metrics"));
        var line = text.Split('\n').FirstOrDefault(each => each.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
