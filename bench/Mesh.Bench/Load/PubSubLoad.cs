using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Mesh.Bench.Load;

/// <summary>Publishers that keep a window of messages in flight, each to the rooms in turn, and subscribers that count what reaches them.</summary>
/// <param name="Rooms">Rooms; at most 9,999.</param>
/// <param name="SubscribersPerRoom">Connections subscribed to each.</param>
/// <param name="Publishers">Connections that publish.</param>
/// <param name="Window">Messages a publisher has in flight.</param>
internal sealed record PubSubLoad(int Rooms, int SubscribersPerRoom, int Publishers, int Window)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastMessageMax = TimeSpan.FromSeconds(10);
    private static readonly string Payload = new('x', 64);

    /// <inheritdoc cref="RunAsync(IPEndPoint, IPEndPoint, TimeSpan)"/>
    public Task<double> RunAsync(IPEndPoint server, TimeSpan duration) => RunAsync(server, server, duration);

    /// <param name="server">Where the publishers are.</param>
    /// <param name="subscribed">Where the subscribers are.</param>
    /// <param name="duration">After a second.</param>
    /// <returns>Messages delivered per second, over all subscribers.</returns>
    /// <exception cref="InvalidOperationException">Subscribers got another number of messages than the publishers were told.</exception>
    public async Task<double> RunAsync(IPEndPoint server, IPEndPoint subscribed, TimeSpan duration)
    {
        var subscribers = new List<Subscriber>();
        for (var i = 0; i < Rooms * SubscribersPerRoom; i++) subscribers.Add(await Subscriber.StartAsync(subscribed, Room(i % Rooms)));
        var publishers = Enumerable.Range(0, Publishers).Select(each => new Publisher(server, this, each)).ToArray();
        using var stop = new CancellationTokenSource();
        var publishing = publishers.Select(each => each.RunAsync(stop.Token)).ToArray();
        await Task.Delay(WarmUp);
        var (before, since) = (subscribers.Sum(each => each.Messages), Stopwatch.GetTimestamp());
        await Task.Delay(duration);
        var rate = (subscribers.Sum(each => each.Messages) - before) / Stopwatch.GetElapsedTime(since).TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(publishing);
        await CheckAsync(subscribers, publishers.Sum(each => each.Receivers));
        foreach (var subscriber in subscribers) subscriber.Dispose();
        return rate;
    }

    private static async Task CheckAsync(List<Subscriber> subscribers, long told)
    {
        var since = Stopwatch.GetTimestamp();
        while (subscribers.Sum(each => each.Messages) != told)
        {
            if (Stopwatch.GetElapsedTime(since) > LastMessageMax)
                throw new InvalidOperationException($"Publishers were told of {told} deliveries; subscribers got {subscribers.Sum(each => each.Messages)}.");
            await Task.Delay(10);
        }
    }

    private static string Room(int number) => $"room:{number:0000}";

    private static async Task<Socket> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        return socket;
    }

    /// <summary>All pushes of a room are equally long, so that counting bytes counts messages: the load tool must not be the limit.</summary>
    private sealed class Subscriber(Socket socket, int pushBytes) : IDisposable
    {
        private long _bytes;

        public long Messages => Volatile.Read(ref _bytes) / pushBytes;

        public static async Task<Subscriber> StartAsync(IPEndPoint server, string room)
        {
            var socket = await ConnectAsync(server);
            await socket.SendAsync(RespMessage.Command("SUBSCRIBE", room));
            var answer = new byte[RespMessage.SubscribedLength(room)];
            for (var at = 0; at < answer.Length;) at += await socket.ReceiveAsync(answer.AsMemory(at));
            var subscriber = new Subscriber(socket, RespMessage.PushLength(room, Payload));
            _ = subscriber.CountAsync();
            return subscriber;
        }

        public void Dispose() => socket.Dispose();

        private async Task CountAsync()
        {
            var buffer = new byte[32 * 1024];
            try
            {
                while (await socket.ReceiveAsync(buffer) is > 0 and var read) Volatile.Write(ref _bytes, _bytes + read);
            }
            catch (SocketException)
            {
                // The load is over.
            }
        }
    }

    private sealed class Publisher(IPEndPoint server, PubSubLoad load, int first)
    {
        private readonly byte[][] _commands = [.. Enumerable.Range(0, load.Rooms).Select(room => RespMessage.Command("PUBLISH", Room(room), Payload))];
        private int _next = first * load.Rooms / load.Publishers;
        private long _number;

        /// <summary>Sum of all answers.</summary>
        public long Receivers { get; private set; }

        public async Task RunAsync(CancellationToken stop)
        {
            using var socket = await ConnectAsync(server);
            var send = new byte[load.Window * _commands[0].Length];
            var receive = new byte[16 * 1024];
            var inFlight = 0;
            while (true)
            {
                var more = stop.IsCancellationRequested ? 0 : load.Window - inFlight;
                if (more + inFlight == 0) return;
                if (more > 0) await socket.SendAsync(Fill(send, more), CancellationToken.None);
                inFlight += more;
                inFlight -= CountAnswers(receive.AsSpan(0, await socket.ReceiveAsync(receive, CancellationToken.None)));
            }
        }

        private ReadOnlyMemory<byte> Fill(byte[] target, int commands)
        {
            var at = 0;
            for (var i = 0; i < commands; i++)
            {
                var command = _commands[_next];
                _next = (_next + 1) % _commands.Length;
                command.CopyTo(target, at);
                at += command.Length;
            }

            return target.AsMemory(0, at);
        }

        private int CountAnswers(ReadOnlySpan<byte> answers)
        {
            if (answers.IsEmpty) throw new InvalidOperationException("The server closed a publisher's connection.");
            var count = 0;
            foreach (var value in answers)
            {
                if (value is >= (byte)'0' and <= (byte)'9') _number = (_number * 10) + value - '0';
                else if (value == '-') throw new InvalidOperationException("The server answered PUBLISH with an error.");
                else if (value == '\n')
                {
                    Receivers += _number;
                    _number = 0;
                    count++;
                }
            }

            return count;
        }
    }
}
