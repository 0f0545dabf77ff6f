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
    public Task<double> RunAsync(IPEndPoint server, IPEndPoint subscribed, TimeSpan duration) =>
        Task.Factory.StartNew(() => Run(server, subscribed, duration), TaskCreationOptions.LongRunning);

    private double Run(IPEndPoint server, IPEndPoint subscribed, TimeSpan duration)
    {
        var subscribers = Enumerable.Range(0, Rooms * SubscribersPerRoom).Select(each => new Subscriber(subscribed, Room(each % Rooms))).ToArray();
        var publishers = Enumerable.Range(0, Publishers).Select(each => new Publisher(server, this, each)).ToArray();
        using var thread = new OneThread([.. subscribers, .. publishers]);
        foreach (var publisher in publishers) publisher.Begin();
        thread.Serve(WarmUp);
        var (before, since) = (Delivered(), Stopwatch.GetTimestamp());
        thread.Serve(duration);
        var rate = (Delivered() - before) / Stopwatch.GetElapsedTime(since).TotalSeconds;
        foreach (var publisher in publishers) publisher.IsEnding = true;
        var ending = Stopwatch.GetTimestamp();
        thread.Serve(() => !IsAllDelivered() && Stopwatch.GetElapsedTime(ending) < LastMessageMax);
        if (!IsAllDelivered()) throw new InvalidOperationException($"Publishers were told of {publishers.Sum(each => each.Receivers)} deliveries; subscribers got {Delivered()}.");
        return rate;

        long Delivered() => subscribers.Sum(each => each.Messages);

        bool IsAllDelivered() => publishers.All(each => each.InFlight == 0) && publishers.Sum(each => each.Receivers) == Delivered();
    }

    private static string Room(int number) => $"room:{number:0000}";

    private abstract class Connection : IConnection
    {
        protected Connection(IPEndPoint server) => Socket.Connect(server);

        public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public abstract void GoOn();

        protected ReadOnlySpan<byte> Receive(byte[] into)
        {
            var received = Socket.Receive(into);
            return received > 0 ? into.AsSpan(0, received) : throw new InvalidOperationException("The server closed a connection.");
        }
    }

    /// <summary>All pushes of a room are equally long, so that counting bytes counts messages: the load tool must not be the limit.</summary>
    private sealed class Subscriber : Connection
    {
        private static readonly byte[] Buffer = new byte[64 * 1024];
        private readonly int _pushBytes;
        private long _bytes;

        public Subscriber(IPEndPoint server, string room)
            : base(server)
        {
            _pushBytes = RespMessage.PushLength(room, Payload);
            Socket.Send(RespMessage.Command("SUBSCRIBE", room));
            var answer = new byte[RespMessage.SubscribedLength(room)];
            for (var at = 0; at < answer.Length;) at += Socket.Receive(answer.AsSpan(at));
        }

        public long Messages => _bytes / _pushBytes;

        public override void GoOn() => _bytes += Receive(Buffer).Length;
    }

    private sealed class Publisher(IPEndPoint server, PubSubLoad load, int first) : Connection(server)
    {
        private readonly byte[][] _commands = [.. Enumerable.Range(0, load.Rooms).Select(room => RespMessage.Command("PUBLISH", Room(room), Payload))];
        private readonly byte[] _answers = new byte[16 * 1024];
        private readonly byte[] _send = new byte[load.Window * RespMessage.Command("PUBLISH", Room(0), Payload).Length];
        private int _next = first * load.Rooms / load.Publishers;
        private long _number;

        /// <summary>Sum of all answers.</summary>
        public long Receivers { get; private set; }

        public int InFlight { get; private set; }

        /// <summary>Sends no more.</summary>
        public bool IsEnding { get; set; }

        public void Begin() => FillWindow();

        public override void GoOn()
        {
            InFlight -= CountAnswers(Receive(_answers));
            if (!IsEnding) FillWindow();
        }

        private void FillWindow()
        {
            var at = 0;
            for (; InFlight < load.Window; InFlight++)
            {
                var command = _commands[_next];
                _next = (_next + 1) % _commands.Length;
                command.CopyTo(_send, at);
                at += command.Length;
            }

            Socket.Send(_send.AsSpan(0, at));
        }

        private int CountAnswers(ReadOnlySpan<byte> answers)
        {
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
