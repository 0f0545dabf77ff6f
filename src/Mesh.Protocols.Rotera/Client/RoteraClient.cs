using System.Buffers.Binary;
using System.Net.Sockets;

namespace Mesh.Protocols.Rotera.Client;

/// <summary>A client of rotera's protocol (rotera specification, section 2). Not thread-safe.</summary>
public sealed class RoteraClient : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly NetworkStream _wire;

    private RoteraClient(TcpClient tcp)
    {
        _tcp = tcp;
        _wire = tcp.GetStream();
    }

    /// <summary>The last answer said that the server stops.</summary>
    public bool IsShuttingDown { get; private set; }

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<RoteraClient> ConnectAsync(string host, int port)
    {
        var tcp = new TcpClient { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(host, port).ConfigureAwait(false);
            return new RoteraClient(tcp);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>Stages messages. There is no answer; what the server refuses shows as the end of the connection.</summary>
    public async ValueTask PushAsync(uint queue, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancel = default)
    {
        var request = new byte[RoteraRequest.Bytes + messages.Sum(message => sizeof(uint) + message.Length)];
        WriteHeader(request, RoteraWords.Push, queue, (uint)messages.Count);
        var length = RoteraRequest.Bytes;
        var body = length + messages.Count * sizeof(uint);
        foreach (var message in messages)
        {
            BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(length), message.Length);
            length += sizeof(uint);
            message.CopyTo(request.AsMemory(body));
            body += message.Length;
        }

        await _wire.WriteAsync(request, cancel).ConfigureAwait(false);
    }

    /// <summary>Makes what is staged durable.</summary>
    /// <returns>The id that the next message gets.</returns>
    public ValueTask<long> CommitAsync(uint queue, CancellationToken cancel = default) => AskNextAsync(RoteraWords.Commit, queue, cancel);

    /// <returns>The id that the next committed message gets.</returns>
    public ValueTask<long> PingAsync(uint queue, CancellationToken cancel = default) => AskNextAsync(RoteraWords.Ping, queue, cancel);

    /// <summary>Reads what there is.</summary>
    /// <param name="queue">Which queue.</param>
    /// <param name="first">Negative reads from the oldest.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancel">Ends the call; the connection is of no use then.</param>
    /// <returns>The id of the first message, and the messages.</returns>
    public async ValueTask<(long First, IReadOnlyList<byte[]> Messages)> ReadAsync(uint queue, long first, uint count, CancellationToken cancel = default)
    {
        var request = new byte[RoteraRequest.Bytes];
        WriteHeader(request, RoteraWords.Read, queue, count);
        BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(16), first);
        await _wire.WriteAsync(request, cancel).ConfigureAwait(false);
        var head = await TakeAsync(24, cancel).ConfigureAwait(false);
        ReadMark(head);
        var lengths = await TakeAsync(checked((int)BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(16)) * sizeof(uint)), cancel).ConfigureAwait(false);
        var messages = new byte[lengths.Length / sizeof(uint)][];
        for (var i = 0; i < messages.Length; i++)
            messages[i] = await TakeAsync(BinaryPrimitives.ReadInt32LittleEndian(lengths.AsSpan(i * sizeof(uint))), cancel).ConfigureAwait(false);
        return (BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(8)), messages);
    }

    public void Dispose() => _tcp.Dispose();

    private static void WriteHeader(Span<byte> request, ulong operation, uint queue, uint count)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(request, operation);
        BinaryPrimitives.WriteUInt32LittleEndian(request[8..], queue);
        BinaryPrimitives.WriteUInt32LittleEndian(request[12..], count);
    }

    private async ValueTask<long> AskNextAsync(ulong operation, uint queue, CancellationToken cancel)
    {
        var request = new byte[RoteraRequest.Bytes];
        WriteHeader(request, operation, queue, 0);
        await _wire.WriteAsync(request, cancel).ConfigureAwait(false);
        var answer = await TakeAsync(16, cancel).ConfigureAwait(false);
        ReadMark(answer);
        return BinaryPrimitives.ReadInt64LittleEndian(answer.AsSpan(8));
    }

    private void ReadMark(ReadOnlySpan<byte> answer)
    {
        var mark = BinaryPrimitives.ReadUInt64LittleEndian(answer);
        IsShuttingDown = mark == RoteraWords.ShuttingDown;
        if (mark != RoteraWords.Alive && !IsShuttingDown) throw new InvalidDataException($"An answer begins with {mark:x16}: whoever listens there speaks another protocol.");
    }

    private async ValueTask<byte[]> TakeAsync(int count, CancellationToken cancel)
    {
        var bytes = new byte[count];
        await _wire.ReadExactlyAsync(bytes, cancel).ConfigureAwait(false);
        return bytes;
    }
}
