using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Bench.Load;

/// <summary>Publishes to a JetStream stream over NATS' client protocol, with a window of publishes that are not acknowledged yet. One connection, one flow.</summary>
internal sealed class NatsLoad : IDisposable
{
    private const string Stream = "bench";
    private const string Inbox = "_INBOX.bench";

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[256 * 1024];
    private int _from;
    private int _to;

    private NatsLoad()
    {
    }

    /// <summary>Connects, and makes the stream, in files, if it is not there.</summary>
    public static async Task<NatsLoad> OpenAsync(IPEndPoint server)
    {
        var load = new NatsLoad();
        await load._socket.ConnectAsync(server);
        await load.LineAsync(); // INFO
        await load.SendAsync("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n" + $"SUB {Inbox} 1\r\n");
        var options = $$"""{"name":"{{Stream}}","subjects":["{{Stream}}"],"storage":"file","retention":"limits"}""";
        await load.SendAsync($"PUB $JS.API.STREAM.CREATE.{Stream} {Inbox} {options.Length}\r\n{options}\r\n");
        var made = await load.MessageAsync();
        return made.Contains("\"error\"", StringComparison.Ordinal) ? throw new InvalidOperationException($"NATS did not make the stream: {made}") : load;
    }

    /// <returns>Publishes acknowledged per second.</returns>
    /// <exception cref="InvalidOperationException">One was refused.</exception>
    public async Task<double> RunAsync(int window, int bodyBytes, TimeSpan duration)
    {
        var one = Encoding.ASCII.GetBytes($"PUB {Stream} {Inbox} {bodyBytes}\r\n{new string('x', bodyBytes)}\r\n");
        var many = Enumerable.Repeat(one, window).SelectMany(each => each).ToArray();
        var since = Stopwatch.GetTimestamp();
        long sent = window, acknowledged = 0;
        await _socket.SendAsync(many);
        while (acknowledged < sent)
        {
            var acks = await AcksAsync();
            acknowledged += acks;
            if (Stopwatch.GetElapsedTime(since) >= duration) continue;
            await _socket.SendAsync(many.AsMemory(0, acks * one.Length));
            sent += acks;
        }

        return acknowledged / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Waits for acknowledgements and takes all that are there.</summary>
    private async ValueTask<int> AcksAsync()
    {
        var acks = 0;
        while (true)
        {
            while (TryMessage(out var message))
            {
                if (_received.AsSpan(message).IndexOf("\"seq\""u8) < 0) throw new InvalidOperationException($"NATS refused: {Encoding.UTF8.GetString(_received.AsSpan(message))}");
                acks++;
            }

            if (acks > 0) return acks;
            await ReceiveAsync();
        }
    }

    private async Task<string> MessageAsync()
    {
        Range message;
        while (!TryMessage(out message)) await ReceiveAsync();
        return Encoding.UTF8.GetString(_received.AsSpan(message));
    }

    /// <summary>Takes <c>MSG subject sid bytes</c> with its payload; a PING is passed over, for the bench is quicker than its time-out.</summary>
    private bool TryMessage(out Range message)
    {
        message = default;
        while (true)
        {
            var left = _received.AsSpan(_from, _to - _from);
            var end = left.IndexOf("\r\n"u8);
            if (end < 0) return false;
            if (!left.StartsWith("MSG "u8))
            {
                if (left.StartsWith("-ERR"u8)) throw new InvalidOperationException($"NATS: {Encoding.UTF8.GetString(left[..end])}");
                _from += end + 2;
                continue;
            }

            Utf8Parser.TryParse(left[(left[..end].LastIndexOf((byte)' ') + 1)..end], out int bytes, out _);
            if (left.Length < end + 2 + bytes + 2) return false;
            message = (_from + end + 2)..(_from + end + 2 + bytes);
            _from += end + 2 + bytes + 2;
            return true;
        }
    }

    private async Task LineAsync()
    {
        while (_received.AsSpan(_from, _to - _from).IndexOf("\r\n"u8) < 0) await ReceiveAsync();
        _from += _received.AsSpan(_from, _to - _from).IndexOf("\r\n"u8) + 2;
    }

    private async Task SendAsync(string text) => await _socket.SendAsync(Encoding.ASCII.GetBytes(text));

    private async Task ReceiveAsync()
    {
        _received.AsSpan(_from, _to - _from).CopyTo(_received);
        (_from, _to) = (0, _to - _from);
        var read = await _socket.ReceiveAsync(_received.AsMemory(_to));
        if (read == 0) throw new InvalidOperationException("NATS closed the connection.");
        _to += read;
    }
}
