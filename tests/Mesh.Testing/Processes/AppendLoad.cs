using System.Diagnostics;
using System.Net;
using Xunit;

namespace Mesh.Testing.Processes;

/// <summary>Appends numbered records to one ring over one connection, many in flight, until the server is gone, and remembers what was acknowledged.</summary>
public sealed class AppendLoad(string ring, string name)
{
    private const int InFlight = 64;
    private readonly RisingCount _acknowledged = new();

    /// <summary>Id and value of each acknowledged record, in the order of the answers.</summary>
    public List<(string Id, string Value)> Acknowledged { get; } = [];

    /// <summary>Answers that were errors.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>The longest that the answers to one group of appends took.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>Done when so many records were acknowledged, or the server is gone.</summary>
    public Task ReachesAsync(int count) => _acknowledged.ReachesAsync(count);

    /// <summary>Done when so many records more were acknowledged than now, or the server is gone.</summary>
    public Task ReachesMoreAsync(int count) => ReachesAsync(_acknowledged.Now + count);

    public async Task RunAsync(IPEndPoint server)
    {
        await using var wire = await RespWire.ConnectAsync(server);
        try
        {
            for (var next = 0; ; next += InFlight)
            {
                var since = Stopwatch.StartNew();
                var values = Enumerable.Range(next, InFlight).Select(number => $"{name}-{number}").ToArray();
                await wire.SendRawAsync(values.SelectMany(value => RespWire.Encode("XADD", ring, "*", "value", value)).ToArray());
                foreach (var value in values)
                {
                    if (await wire.ReadAsync() is string id) Acknowledged.Add((id, value));
                    else Refused.Add(value);
                }

                if (since.Elapsed > Slowest) Slowest = since.Elapsed;
                _acknowledged.Add(Acknowledged.Count - _acknowledged.Now);
            }
        }
        catch (IOException)
        {
            // The server is gone: what was not answered is not counted.
            _acknowledged.End();
        }
    }

    /// <summary>Makes sure that everything acknowledged to some loads of one ring is there, once and in its order.</summary>
    public static async Task CheckAsync(IPEndPoint server, string ring, IReadOnlyCollection<AppendLoad> loads)
    {
        var found = await ReadAllAsync(server, ring);
        foreach (var (id, value) in loads.SelectMany(load => load.Acknowledged)) Assert.Equal(value, found.GetValueOrDefault(id));
        Assert.Equal(found.Count, found.Values.Distinct().Count());
        foreach (var load in loads) Assert.Equal(load.Acknowledged.Select(each => each.Id).OrderBy(Order), load.Acknowledged.Select(each => each.Id));
    }

    /// <summary>Everything in the ring, id to value.</summary>
    private static async Task<Dictionary<string, string>> ReadAllAsync(IPEndPoint server, string ring)
    {
        await using var wire = await RespWire.ConnectAsync(server);
        var found = new Dictionary<string, string>();
        for (var from = "-"; ;)
        {
            var page = (object?[])(await wire.AskAsync("XRANGE", ring, from, "+", "COUNT", "1000"))!;
            foreach (object?[] entry in page.Cast<object?[]>()) found.Add((string)entry[0]!, (string)((object?[])entry[1]!)[1]!);
            if (page.Length == 0) return found;
            from = "(" + ((object?[])page[^1]!)[0];
        }
    }

    private static (ulong, ulong) Order(string id) => (ulong.Parse(id.Split('-')[0]), ulong.Parse(id.Split('-')[1]));
}
