using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Protocols.Http.Rse.Tokens;

/// <summary>One memcached server, asked by its text protocol over a few connections that are kept. Thread-safe.</summary>
internal sealed class MemcachedServer(DnsEndPoint address)
{
    private const int ConnectionsMax = 8;

    /// <summary>Largest line of an answer: a key of 250 bytes and two numbers.</summary>
    private const int LineBytesMax = 512;

    private readonly ConcurrentBag<Connection> _idle = [];
    private readonly SemaphoreSlim _free = new(ConnectionsMax);

    /// <param name="key">1 to 250 printable ASCII characters.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <exception cref="IOException">The server closed the connection, or answered something else.</exception>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    public async ValueTask<bool> HoldsAsync(string key, CancellationToken cancel)
    {
        await _free.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // A connection that was kept may have been closed by the server since: only a new one's failure counts.
            if (_idle.TryTake(out var kept) && await TryAskAsync(kept, key, cancel).ConfigureAwait(false) is { } answer) return answer;
            return await AskAsync(await Connection.OpenAsync(address, cancel).ConfigureAwait(false), key, cancel).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    public override string ToString() => $"{address.Host}:{address.Port}";

    private async ValueTask<bool?> TryAskAsync(Connection connection, string key, CancellationToken cancel)
    {
        try
        {
            return await AskAsync(connection, key, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return null;
        }
    }

    private async ValueTask<bool> AskAsync(Connection connection, string key, CancellationToken cancel)
    {
        try
        {
            var answer = await connection.HoldsAsync(key, cancel).ConfigureAwait(false);
            _idle.Add(connection);
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>One question at a time; after a failure it is of no use.</summary>
    private sealed class Connection(Socket socket) : IDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);
        private PipeReader? _answers;

        public static async ValueTask<Connection> OpenAsync(DnsEndPoint address, CancellationToken cancel)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, cancel).ConfigureAwait(false);
                return new Connection(socket);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        public async ValueTask<bool> HoldsAsync(string key, CancellationToken cancel)
        {
            _answers ??= PipeReader.Create(_stream);
            await _stream.WriteAsync(Encoding.ASCII.GetBytes($"get {key}\r\n"), cancel).ConfigureAwait(false);
            var line = await ReadLineAsync(cancel).ConfigureAwait(false);
            if (line == "END") return false;
            var words = line.Split(' ');
            if (words is not ["VALUE", _, _, var length, ..] || !int.TryParse(length, out var bytes)) throw new IOException($"it answered '{line}' to get");
            await SkipAsync(bytes + 2L, cancel).ConfigureAwait(false);
            line = await ReadLineAsync(cancel).ConfigureAwait(false);
            return line == "END" ? true : throw new IOException($"it answered '{line}' after a value");
        }

        public void Dispose() => _stream.Dispose();

        private async ValueTask<string> ReadLineAsync(CancellationToken cancel)
        {
            while (true)
            {
                var read = await _answers!.ReadAsync(cancel).ConfigureAwait(false);
                var buffer = read.Buffer;
                if (System.Buffers.BuffersExtensions.PositionOf(buffer, (byte)'\n') is { } end)
                {
                    var line = Encoding.ASCII.GetString(buffer.Slice(0, end)).TrimEnd('\r');
                    _answers.AdvanceTo(buffer.GetPosition(1, end));
                    return line;
                }

                if (read.IsCompleted || buffer.Length > LineBytesMax) throw new IOException("it ended an answer early, or did not end a line");
                _answers.AdvanceTo(buffer.Start, buffer.End);
            }
        }

        private async ValueTask SkipAsync(long bytes, CancellationToken cancel)
        {
            while (bytes > 0)
            {
                var read = await _answers!.ReadAsync(cancel).ConfigureAwait(false);
                var taken = Math.Min(bytes, read.Buffer.Length);
                _answers.AdvanceTo(read.Buffer.GetPosition(taken));
                bytes -= taken;
                if (read.IsCompleted && bytes > 0) throw new IOException("it ended a value early");
            }
        }
    }
}
