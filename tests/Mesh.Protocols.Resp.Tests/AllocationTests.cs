using System.Net.Sockets;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests;

/// <summary>Runs alone: the runtime counts allocations of the whole process.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Windows = 50;
    private const int Rounds = 100;

    /// <summary>What a command may cost although it should cost nothing: pools of the runtime work meanwhile.</summary>
    private const int BytesMax = 16;

    [Theory]
    [InlineData("PING", "+PONG\r\n")]
    [InlineData("ECHO some-text", "$9\r\nsome-text\r\n")]
    [InlineData("PUBLISH nobody-here some-text", ":0\r\n")]
    public async Task A_command_sent_alone_allocates_nothing(string command, string reply)
    {
        await using var server = await RespServer.StartAsync();
        using var client = Connect(server);
        var request = RespWire.Encode(command.Split(' '));
        Assert.InRange(Measure(client, request, reply.Length), 0, BytesMax);
    }

    [Fact]
    public async Task A_message_to_a_subscriber_allocates_nothing()
    {
        await using var server = await RespServer.StartAsync();
        using var publisher = Connect(server);
        using var subscriber = Connect(server);
        subscriber.Send(RespWire.Encode("SUBSCRIBE", "room"));
        Receive(subscriber, "*3\r\n$9\r\nsubscribe\r\n$4\r\nroom\r\n:1\r\n".Length);
        var pushed = "*3\r\n$7\r\nmessage\r\n$4\r\nroom\r\n$4\r\ntext\r\n".Length;
        var request = RespWire.Encode("PUBLISH", "room", "text");
        Assert.InRange(Measure(publisher, request, ":1\r\n".Length, () => Receive(subscriber, pushed)), 0, BytesMax);
    }

    /// <summary>A socket that never did anything asynchronously: it waits without allocating.</summary>
    private static Socket Connect(RespServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server.EndPoint);
        return socket;
    }

    /// <returns>
    /// Bytes the whole process allocates for one round trip when it has warmed up, on average over some: the least of many such averages, since what others do by the clock, and the
    /// more of it the slower the machine is, comes into some of them only.
    /// </returns>
    private static long Measure(Socket client, byte[] request, int replyBytes, Action? afterwards = null)
    {
        var least = long.MaxValue;
        for (var window = -Windows; window < Windows; window++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var round = 0; round < Rounds; round++)
            {
                client.Send(request);
                Receive(client, replyBytes);
                afterwards?.Invoke();
            }

            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            if (window >= 0) least = Math.Min(least, allocated / Rounds);
        }

        return least;
    }

    private static void Receive(Socket client, int bytes)
    {
        Span<byte> reply = stackalloc byte[256];
        while (bytes > 0) bytes -= client.Receive(reply[..Math.Min(bytes, reply.Length)]);
    }
}
