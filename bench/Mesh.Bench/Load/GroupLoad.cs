using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Bench.Load;

/// <summary>Consumers of one group that read new entries and acknowledge them, one command at a time each.</summary>
/// <param name="Consumers">Connections.</param>
/// <param name="Count">Entries asked for with each XREADGROUP.</param>
internal sealed record GroupLoad(int Consumers, int Count)
{
    /// <summary>The stream; it must hold entries.</summary>
    public const string Key = "ring";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <returns>Entries read and acknowledged per second.</returns>
    public Task<double> RunAsync(IPEndPoint server, TimeSpan duration) => Task.Factory.StartNew(() => Run(server, duration), TaskCreationOptions.LongRunning);

    private double Run(IPEndPoint server, TimeSpan duration)
    {
        var consumers = Enumerable.Range(0, Consumers).Select(each => new Consumer(server, this, each)).ToArray();
        using var thread = new OneThread(consumers);
        consumers[0].Ask(RespMessage.Command("XGROUP", "DESTROY", Key, "g"));
        consumers[0].Ask(RespMessage.Command("XGROUP", "CREATE", Key, "g", "0"));
        foreach (var consumer in consumers) consumer.Begin();
        thread.Serve(WarmUp);
        var (before, since) = (consumers.Sum(each => each.Acknowledged), Stopwatch.GetTimestamp());
        thread.Serve(duration);
        return (consumers.Sum(each => each.Acknowledged) - before) / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private sealed class Consumer : IConnection
    {
        private const int IdDepth = 4;

        private static readonly byte[] Again = RespMessage.Command("XGROUP", "SETID", Key, "g", "0");

        private readonly byte[] _read;
        private readonly byte[] _send = new byte[64 * 1024];
        private readonly List<(int At, int Length)> _ids = [];
        private byte[] _reply = new byte[64 * 1024];
        private int _received;
        private int _acknowledging;

        public Consumer(IPEndPoint server, GroupLoad load, int number)
        {
            Socket.Connect(server);
            _read = RespMessage.Command("XREADGROUP", "GROUP", "g", $"consumer {number}", "COUNT", $"{load.Count}", "STREAMS", Key, ">");
        }

        public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public long Acknowledged { get; private set; }

        public void Begin() => Socket.Send(_read);

        /// <summary>Receives; when that is a whole answer, sends the next command.</summary>
        public void GoOn()
        {
            if (!TryReceive()) return;
            if (_reply[0] == '-') throw new InvalidOperationException($"The server refused a command: {Encoding.UTF8.GetString(_reply.AsSpan(0, 200)).Split('\r')[0]}");
            if (_acknowledging > 0)
            {
                Acknowledged += _acknowledging;
                _acknowledging = 0;
                Socket.Send(_read);
            }
            else if (_ids.Count == 0)
            {
                // Answered by XGROUP, or with nothing: the group is at the end of the stream.
                Socket.Send(_reply[0] == '+' ? _read : Again);
            }
            else
            {
                _acknowledging = _ids.Count;
                Socket.Send(Acknowledge());
            }
        }

        /// <summary>Sends a command and waits for its whole answer.</summary>
        public void Ask(ReadOnlySpan<byte> command)
        {
            Socket.Send(command);
            while (!TryReceive())
            {
            }
        }

        /// <summary>Receives once; the ids of entries in an answer are noted.</summary>
        /// <returns>True when the answer is whole.</returns>
        private bool TryReceive()
        {
            if (_received == _reply.Length) Array.Resize(ref _reply, _reply.Length * 2);
            var received = Socket.Receive(_reply.AsSpan(_received));
            if (received == 0) throw new InvalidOperationException("The server closed a consumer's connection.");
            _received += received;
            _ids.Clear();
            var at = 0;
            if (!TrySkip(_reply.AsSpan(0, _received), ref at, depth: 0)) return false;
            _received = 0;
            return true;
        }

        private ReadOnlySpan<byte> Acknowledge()
        {
            var at = Encoding.ASCII.GetBytes($"*{_ids.Count + 3}\r\n$4\r\nXACK\r\n${Key.Length}\r\n{Key}\r\n$1\r\ng\r\n", _send);
            foreach (var (from, length) in _ids)
            {
                _send[at++] = (byte)'$';
                Utf8Formatter.TryFormat(length, _send.AsSpan(at), out var digits);
                at += digits;
                "\r\n"u8.CopyTo(_send.AsSpan(at));
                _reply.AsSpan(from, length).CopyTo(_send.AsSpan(at + 2));
                "\r\n"u8.CopyTo(_send.AsSpan(at + 2 + length));
                at += length + 4;
            }

            return _send.AsSpan(0, at);
        }

        /// <summary>Moves past one value.</summary>
        /// <returns>False when more bytes are needed.</returns>
        private bool TrySkip(ReadOnlySpan<byte> reply, ref int at, int depth)
        {
            var line = reply[at..].IndexOf((byte)'\n');
            if (line < 0) return false;
            var kind = reply[at];
            Utf8Parser.TryParse(reply[(at + 1)..], out int number, out _);
            at += line + 1;
            if (kind == '$' && number >= 0)
            {
                // Reply, stream, entries, entry: only an id is a text at that depth.
                if (depth == IdDepth) _ids.Add((at, number));
                at += number + 2;
                return at <= reply.Length;
            }

            for (var left = kind == '*' ? number : 0; left > 0; left--)
                if (!TrySkip(reply, ref at, depth + 1)) return false;
            return true;
        }
    }
}
