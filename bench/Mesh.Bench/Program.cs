using Mesh.Bench;
using Mesh.Bench.Servers;
using Mesh.Bench.Suites;

if (args is ["bare", var port])
{
    await BareServer.RunAsync(int.Parse(port));
    return 0;
}

if (args is ["bare-http", var httpPort])
{
    await BareHttp.RunAsync(int.Parse(httpPort));
    return 0;
}

(string Name, Func<BenchOptions, Task> Run)[] suites =
[
    ("publish", PubSubSuite.PublishAsync),
    ("fanout", PubSubSuite.FanOutAsync),
    ("latency", PubSubSuite.LatencyAsync),
    ("xadd", XaddSuite.RunAsync),
    ("groups", GroupSuite.RunAsync),
    ("stream", StreamSuite.RunAsync),
    ("client", ClientSuite.RunAsync),
    ("protobus", ProtobusSuite.RunAsync),
    ("append", AppendSuite.RunAsync),
    ("growth", GrowthSuite.RunAsync),
    ("claims", ClaimSuite.RunAsync),
    ("zaqar", ZaqarSuite.RunAsync),
    ("zaqar-bench", ZaqarSuite.ToolAsync),
    ("waiting", WaitingSuite.RunAsync),
    ("rse", RseSuite.MixedAsync),
    ("rse-poll", RseSuite.PollAsync),
    ("rse-wait", RseSuite.WaitAsync),
    (ClusterSuite.Name, ClusterSuite.RunAsync),
    (ClusterRoomSuite.Name, ClusterRoomSuite.RunAsync),
];

// They build and start a cluster.
string[] onlyWhenNamed = [ClusterSuite.Name, ClusterRoomSuite.Name];

try
{
    var options = BenchOptions.Parse(args, out var names);
    var unknown = names.Except(suites.Select(suite => suite.Name)).ToArray();
    if (unknown.Length > 0)
        throw new ArgumentException($"{string.Join(", ", unknown)}: no such test. Tests are {string.Join(", ", suites.Select(suite => suite.Name))}; without a name all but {string.Join(" and ", onlyWhenNamed)} run.");
    Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {options.Runs} runs in turns: median (minimum–maximum).");
    foreach (var (name, run) in suites)
        if (names.Contains(name) || (names.Count == 0 && !onlyWhenNamed.Contains(name))) await run(options);
    return 0;
}
catch (Exception failure) when (failure is ArgumentException or FileNotFoundException or InvalidOperationException)
{
    Console.Error.WriteLine(failure.Message);
    return 2;
}
