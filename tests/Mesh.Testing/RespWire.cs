using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Testing;

/// <summary>A RESP client that shows what is on the wire: texts, numbers, nulls, arrays (maps and pushes too) and <see cref="RespError"/>. Not thread-safe; one flow may send while another reads.</summary>
public sealed class RespWire : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly NetworkStream _stream;
    private int _at;
    private int _end;

    private RespWire(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
    }

    public static async Task<RespWire> ConnectAsync(EndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        if (server is IPEndPoint) socket.NoDelay = true;
        await socket.ConnectAsync(server);
        return new RespWire(socket);
    }

    /// <summary>One command, as an array of bulk strings.</summary>
    public static byte[] Encode(params string[] words)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words) text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public async Task SendAsync(params string[] words) => await _stream.WriteAsync(Encode(words));

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    /// <summary>Sends one command and reads one answer.</summary>
    public async Task<object?> AskAsync(params string[] words)
    {
        await SendAsync(words);
        return await ReadAsync();
    }

    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    public async Task<object?> ReadAsync()
    {
        var line = await ReadLineAsync();
        var rest = line[1..];
        switch (line[0])
        {
            case '+': return rest;
            case '-': return new RespError(rest);
            case ':': return long.Parse(rest, CultureInfo.InvariantCulture);
            case '$': return await ReadBulkAsync(int.Parse(rest, CultureInfo.InvariantCulture));
            case '*' or '>': return await ReadArrayAsync(int.Parse(rest, CultureInfo.InvariantCulture));
            case '%': return await ReadArrayAsync(2 * int.Parse(rest, CultureInfo.InvariantCulture));
            case '_': return null;
            default: throw new InvalidDataException($"No RESP value begins with '{line}'.");
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<object?[]?> ReadArrayAsync(int length)
    {
        if (length < 0) return null;
        var items = new object?[length];
        for (var i = 0; i < length; i++) items[i] = await ReadAsync();
        return items;
    }

    private async Task<string?> ReadBulkAsync(int length)
    {
        if (length < 0) return null;
        var bytes = new byte[length + 2];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = await ReadByteAsync();
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new List<byte>();
        while (await ReadByteAsync() is var next && next != '\n') line.Add(next);
        return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
    }

    private async ValueTask<byte> ReadByteAsync()
    {
        if (_at == _end)
        {
            (_at, _end) = (0, await _stream.ReadAsync(_buffer));
            if (_end == 0) throw new EndOfStreamException("The server closed the connection.");
        }

        return _buffer[_at++];
    }
}

/// <summary>An error answer, without its leading dash.</summary>
public sealed record RespError(string Text)
{
    /// <summary>It sends the client to another node.</summary>
    public bool IsMoved => Text.StartsWith("MOVED", StringComparison.Ordinal);
}
