using System.Net;
using Mesh.Testing;

namespace Mesh.Standalone.Tests;

/// <summary>Appends numbered records to one ring over one connection, many in flight, until the server is gone, and remembers what was acknowledged.</summary>
internal sealed class AppendLoad(string ring, string name)
{
    private const int InFlight = 64;
    private readonly TaskCompletionSource _warm = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Id and value of each acknowledged record, in the order of the answers.</summary>
    public List<(string Id, string Value)> Acknowledged { get; } = [];

    /// <summary>Answers that were errors.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Done when a thousand records were acknowledged.</summary>
    public Task Warm => _warm.Task;

    public async Task RunAsync(IPEndPoint server)
    {
        await using var wire = await RespWire.ConnectAsync(server);
        try
        {
            for (var next = 0; ; next += InFlight)
            {
                var values = Enumerable.Range(next, InFlight).Select(number => $"{name}-{number}").ToArray();
                await wire.SendRawAsync(values.SelectMany(value => RespWire.Encode("XADD", ring, "*", "value", value)).ToArray());
                foreach (var value in values)
                {
                    if (await wire.ReadAsync() is string id) Acknowledged.Add((id, value));
                    else Refused.Add(value);
                }

                if (Acknowledged.Count >= 1000) _warm.TrySetResult();
            }
        }
        catch (IOException)
        {
            // The server is gone: what was not answered is not counted.
            _warm.TrySetResult();
        }
    }

    /// <summary>Everything in the ring, id to value.</summary>
    public static async Task<Dictionary<string, string>> ReadAllAsync(IPEndPoint server, string ring)
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
}
