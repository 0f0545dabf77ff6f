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
    public async Task<double> RunAsync(IPEndPoint server, TimeSpan duration)
    {
        using (var first = new Consumer(server, this, 0))
        {
            await first.AskAsync(RespMessage.Command("XGROUP", "DESTROY", Key, "g"));
            await first.AskAsync(RespMessage.Command("XGROUP", "CREATE", Key, "g", "0"));
        }

        var consumers = Enumerable.Range(0, Consumers).Select(each => new Consumer(server, this, each)).ToArray();
        using var stop = new CancellationTokenSource();
        var running = consumers.Select(each => each.RunAsync(stop.Token)).ToArray();
        await Task.Delay(WarmUp);
        var (before, since) = (consumers.Sum(each => each.Acknowledged), Stopwatch.GetTimestamp());
        await Task.Delay(duration);
        var rate = (consumers.Sum(each => each.Acknowledged) - before) / Stopwatch.GetElapsedTime(since).TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        foreach (var consumer in consumers) consumer.Dispose();
        return rate;
    }

    private sealed class Consumer : IDisposable
    {
        private const int IdDepth = 4;

        private static readonly byte[] Again = RespMessage.Command("XGROUP", "SETID", Key, "g", "0");

        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _read;
        private readonly byte[] _send = new byte[64 * 1024];
        private readonly List<(int At, int Length)> _ids = [];
        private byte[] _reply = new byte[64 * 1024];
        private long _acknowledged;

        public Consumer(IPEndPoint server, GroupLoad load, int number)
        {
            _socket.Connect(server);
            _read = RespMessage.Command("XREADGROUP", "GROUP", "g", $"consumer {number}", "COUNT", $"{load.Count}", "STREAMS", Key, ">");
        }

        public long Acknowledged => Volatile.Read(ref _acknowledged);

        public async Task RunAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                await AskAsync(_read);
                if (_ids.Count == 0)
                {
                    await AskAsync(Again);
                    continue;
                }

                var wanted = _ids.Count;
                await AskAsync(Acknowledge());
                if (_reply[0] != ':') throw new InvalidOperationException("The server refused an XACK.");
                Volatile.Write(ref _acknowledged, _acknowledged + wanted);
            }
        }

        /// <summary>Sends a command and reads its whole answer; the ids of entries in it are noted.</summary>
        public async Task AskAsync(ReadOnlyMemory<byte> command)
        {
            await _socket.SendAsync(command);
            for (var end = 0; ;)
            {
                if (end == _reply.Length) Array.Resize(ref _reply, _reply.Length * 2);
                var received = await _socket.ReceiveAsync(_reply.AsMemory(end));
                if (received == 0) throw new InvalidOperationException("The server closed a consumer's connection.");
                end += received;
                _ids.Clear();
                var at = 0;
                if (TrySkip(_reply.AsSpan(0, end), ref at, depth: 0)) return;
            }
        }

        public void Dispose() => _socket.Dispose();

        private ReadOnlyMemory<byte> Acknowledge()
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

            return _send.AsMemory(0, at);
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
