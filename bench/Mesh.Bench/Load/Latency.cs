using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Mesh.Bench.Load;

/// <summary>Time from a PUBLISH to its arrival at a subscriber, with one message outstanding.</summary>
internal static class Latency
{
    private const int WarmUps = 2_000;
    private const string Room = "room:latency";
    private static readonly string Payload = new('x', 64);

    /// <inheritdoc cref="Run(IPEndPoint, IPEndPoint, int)"/>
    public static (double Median, double Percentile99) Run(IPEndPoint server, int messages) => Run(server, server, messages);

    /// <param name="server">Where the publisher is.</param>
    /// <param name="subscribed">Where the subscriber is.</param>
    /// <param name="messages">How many.</param>
    /// <returns>Microseconds: the half of the messages, and 99 of 100, came at least as fast.</returns>
    public static (double Median, double Percentile99) Run(IPEndPoint server, IPEndPoint subscribed, int messages)
    {
        using var subscriber = Connect(subscribed);
        using var publisher = Connect(server);
        subscriber.Send(RespMessage.Command("SUBSCRIBE", Room));
        Receive(subscriber, RespMessage.SubscribedLength(Room));
        var publish = RespMessage.Command("PUBLISH", Room, Payload);
        var push = RespMessage.PushLength(Room, Payload);
        var micros = new double[messages];
        for (var i = -WarmUps; i < messages; i++)
        {
            var since = Stopwatch.GetTimestamp();
            publisher.Send(publish);
            Receive(subscriber, push);
            if (i >= 0) micros[i] = Stopwatch.GetElapsedTime(since).TotalMicroseconds;
            Receive(publisher, ":1\r\n".Length);
        }

        Array.Sort(micros);
        return (micros[messages / 2], micros[messages * 99 / 100]);
    }

    private static Socket Connect(IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server);
        return socket;
    }

    private static void Receive(Socket socket, int bytes)
    {
        Span<byte> buffer = stackalloc byte[512];
        while (bytes > 0)
        {
            var read = socket.Receive(buffer[..bytes]);
            bytes -= read > 0 ? read : throw new InvalidOperationException("The server closed the connection.");
        }
    }
}
