using System.Globalization;
using System.Net;
using Mesh.Testing;
using Mesh.Testing.Processes;

namespace Mesh.Cluster.Tests;

/// <summary>One room with a subscriber at each of its two nodes, or both at the only one, and a publisher at the first.</summary>
internal sealed class RoomLoad : IAsyncDisposable
{
    private const int PayloadBytes = 1024;
    private const int Pipelined = 100;

    private readonly string _room;
    private readonly RespWire _publisher;
    private readonly RespWire[] _subscribers;
    private readonly byte[] _batch;

    private RoomLoad(string room, MeshProcess[] gateways, RespWire publisher, RespWire[] subscribers)
    {
        (_room, Gateways, _publisher, _subscribers) = (room, gateways, publisher, subscribers);
        var one = RespWire.Encode("PUBLISH", room, new string('x', PayloadBytes));
        _batch = [.. Enumerable.Repeat(one, Pipelined).SelectMany(bytes => bytes)];
    }

    /// <summary>The nodes of the room.</summary>
    public MeshProcess[] Gateways { get; }

    public static async Task<RoomLoad> OpenAsync(string room, MeshProcess[] gateways)
    {
        IPEndPoint[] places = [gateways[0].Resp, gateways[^1].Resp];
        var subscribers = await Task.WhenAll(places.Select(place => RespWire.ConnectAsync(place)));
        foreach (var subscriber in subscribers) await subscriber.AskAsync("SUBSCRIBE", room);
        return new RoomLoad(room, gateways, await RespWire.ConnectAsync(places[0]), subscribers);
    }

    /// <summary>Publishes so much, in pipelines of 100 messages, and ends when both subscribers have all of it.</summary>
    /// <returns>Bytes of payload.</returns>
    public async Task<long> RunAsync(int pipelines)
    {
        var heard = Task.WhenAll(_subscribers.Select(subscriber => HearAsync(subscriber, pipelines * Pipelined)));
        for (var i = 0; i < pipelines; i++)
        {
            await _publisher.SendRawAsync(_batch);
            for (var reply = 0; reply < Pipelined; reply++)
            {
                if (await _publisher.ReadAsync() is not 2L) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"A message to {_room} did not reach both subscribers."));
            }
        }

        await heard;
        return (long)pipelines * Pipelined * PayloadBytes;
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        foreach (var subscriber in _subscribers) await subscriber.DisposeAsync();
    }

    private static async Task HearAsync(RespWire subscriber, int messages)
    {
        for (var i = 0; i < messages; i++) await subscriber.ReadAsync();
    }
}
