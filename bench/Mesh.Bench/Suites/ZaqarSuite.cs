using System.Net;
using Mesh.Bench.Load;
using Mesh.Bench.Report;
using Mesh.Bench.Servers;

namespace Mesh.Bench.Suites;

/// <summary>Queues over HTTP: Debian's Zaqar under gunicorn with Redis, and Mesh, in turns. Every post to Mesh is durable; Redis here writes nothing to disk.</summary>
internal static class ZaqarSuite
{
    private const int Listed = 1000;

    public static async Task RunAsync(BenchOptions options)
    {
        await using var redis = await ServerProcess.RedisAsync(durable: false);
        await using var zaqar = await ServerProcess.ZaqarAsync(redis.EndPoint.Port);
        await using var mesh = await ServerProcess.MeshAsync(null, "http");
        foreach (var server in new[] { zaqar, mesh }) await PostAsync(server.EndPoint, (int)Math.Max(20, Listed * options.Scale));
        var table = new Table(
            "Zaqar v2 over HTTP, messages of 100 bytes (wrk; Zaqar 15, 2 workers, Redis without persistence; Mesh durable), requests/s",
            "load", "Zaqar", "Mesh", "Mesh / Zaqar", "Zaqar p99 ms", "Mesh p99 ms");
        foreach (var (script, name) in new[] { ("list", "list 10 of 1,000"), ("post", "post 1"), ("work", "post 10, claim 10, delete each") })
            foreach (var connections in new[] { 8, 64 })
            {
                var results = new[] { zaqar, mesh }.Select(_ => new List<WrkResult>()).ToArray();
                for (var run = 0; run < options.Runs; run++)
                {
                    results[0].Add(await Wrk.RunAsync(zaqar.EndPoint, script, connections, options.Duration));
                    results[1].Add(await Wrk.RunAsync(mesh.EndPoint, script, connections, options.Duration));
                }

                var rates = results.Select(each => new Samples([.. each.Select(result => result.Rate)])).ToArray();
                var tails = results.Select(each => new Samples([.. each.Select(result => result.Percentile99Millis)]).ToString());
                table.Row([$"{name}, {connections} connections", .. rates.Select(each => each.ToString()), rates[1].Against(rates[0]).ToString(), .. tails]);
            }
    }

    /// <summary>The same by Zaqar's own load tool, whose Python client is slower than either server: it shows what such a client gets.</summary>
    public static async Task ToolAsync(BenchOptions options)
    {
        await using var redis = await ServerProcess.RedisAsync(durable: false);
        await using var zaqar = await ServerProcess.ZaqarAsync(redis.EndPoint.Port);
        await using var mesh = await ServerProcess.MeshAsync(null, "http");
        List<IReadOnlyList<ZaqarBenchPart>> theirs = [], ours = [];
        for (var run = 0; run < options.Runs; run++)
        {
            theirs.Add(await ZaqarBench.RunAsync(zaqar.EndPoint, options.Duration));
            ours.Add(await ZaqarBench.RunAsync(mesh.EndPoint, options.Duration));
        }

        var table = new Table(
            "zaqar-bench, v2, 10 producers and 5 consumers at once (the Python clients share the cores), requests/s and mean ms",
            "part", "Zaqar", "Mesh", "Mesh / Zaqar", "Zaqar ms", "Mesh ms");
        for (var part = 0; part < ZaqarBench.Parts.Count; part++)
        {
            var (zaqarRate, meshRate) = (Take(theirs, part, each => each.Rate), Take(ours, part, each => each.Rate));
            var (zaqarMillis, meshMillis) = (Take(theirs, part, each => each.Millis), Take(ours, part, each => each.Millis));
            table.Row([ZaqarBench.Parts[part], $"{zaqarRate}", $"{meshRate}", $"{meshRate.Against(zaqarRate)}", $"{zaqarMillis}", $"{meshMillis}"]);
        }
    }

    private static Samples Take(List<IReadOnlyList<ZaqarBenchPart>> runs, int part, Func<ZaqarBenchPart, double> value) => new([.. runs.Select(run => value(run[part]))]);

    private static async Task PostAsync(IPEndPoint server, int messages)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{server}") };
        client.DefaultRequestHeaders.Add("Client-ID", "11111111-2222-3333-4444-555555555555");
        client.DefaultRequestHeaders.Add("X-Project-ID", Wrk.Project);
        const int Together = 20;
        var body = $$"""{"messages":[{{string.Join(',', Enumerable.Repeat($$"""{"ttl":3600,"body":"{{new string('x', 100)}}"}""", Together))}}]}""";
        for (var posted = 0; posted < messages; posted += Together)
        {
            using var content = new StringContent(body, null, "application/json");
            using var answer = await client.PostAsync(new Uri($"/v2/queues/{Wrk.Queue}/messages", UriKind.Relative), content);
            answer.EnsureSuccessStatusCode();
        }
    }
}
