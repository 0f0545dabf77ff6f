using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Protocols.Rotera.Tests;

/// <summary>A client of rotera's protocol, written from its specification alone; what a header does not use it fills with garbage.</summary>
internal sealed class RoteraClient : IDisposable
{
    private const ulong Garbage = 0xdeadbeef_deadbeef;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;

    private RoteraClient(Socket socket) => _socket = socket;

    public static async Task<RoteraClient> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server);
        return new RoteraClient(socket);
    }

    public static byte[] Push(uint queue, params byte[][] messages)
    {
        var lengths = messages.SelectMany(message => BitConverter.GetBytes(message.Length));
        return [.. Header(0x70bbf8926f2a1ec6, queue, (uint)messages.Length), .. lengths, .. messages.SelectMany(message => message)];
    }

    public static byte[] Push(uint queue, params string[] messages) => Push(queue, [.. messages.Select(Encoding.UTF8.GetBytes)]);

    public static byte[] Ping(uint queue) => Header(0x44adba9e22c5cf56, queue, unchecked((uint)Garbage));

    public static byte[] Commit(uint queue) => Header(0xfc54160306bf77d4, queue, unchecked((uint)Garbage));

    public static byte[] Read(uint queue, ulong first, uint count) => Header(0x7a23663364b9d865, queue, count, first);

    public static byte[] Stream(uint queue, ulong first, uint chunk, ulong total) => Header(0xbd4a8ffdc74673dd, queue, chunk, first, total);

    public static byte[] Header(ulong operation, uint queue, uint count, ulong first = Garbage, ulong total = Garbage)
    {
        var header = new byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(header, operation);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), queue);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), count);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), first);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(24), total);
        return header;
    }

    public async Task SendAsync(params byte[][] requests)
    {
        byte[] all = [.. requests.SelectMany(request => request)];
        for (var sent = 0; sent < all.Length;) sent += await _socket.SendAsync(all.AsMemory(sent));
    }

    /// <summary>Commits and answers the next id.</summary>
    public Task<long> CommitAsync(uint queue) => AskNextAsync(Commit(queue));

    public Task<long> PingAsync(uint queue) => AskNextAsync(Ping(queue));

    public async Task<RoteraAnswer> ReadAsync(uint queue, ulong first, uint count)
    {
        await SendAsync(Read(queue, first, count));
        return await FrameAsync();
    }

    /// <summary>The next answer to a commit or ping: the server's mark and the next id.</summary>
    public async Task<(ulong Mark, long Next)> NextAsync()
    {
        var bytes = await TakeAsync(16);
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)));
    }

    /// <summary>The next frame of messages.</summary>
    public async Task<RoteraAnswer> FrameAsync()
    {
        var head = await TakeAsync(24);
        var count = (int)BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(16));
        var lengths = await TakeAsync(count * 4);
        var messages = new List<byte[]>();
        for (var i = 0; i < count; i++) messages.Add(await TakeAsync(BinaryPrimitives.ReadInt32LittleEndian(lengths.AsSpan(i * 4))));
        return new RoteraAnswer(BinaryPrimitives.ReadUInt64LittleEndian(head), BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(8)), messages);
    }

    /// <summary>Waits until the server has closed; fails when it sends anything.</summary>
    public async Task AssertClosedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            Assert.Equal(0, await _socket.ReceiveAsync(new byte[1], patience.Token));
        }
        catch (SocketException)
        {
            // Reset: it closed while more was on its way.
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<long> AskNextAsync(byte[] request)
    {
        await SendAsync(request);
        var (mark, next) = await NextAsync();
        Assert.Equal(RoteraAnswer.Alive, mark);
        return next;
    }

    private async Task<byte[]> TakeAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await _socket.ReceiveAsync(bytes.AsMemory(at), patience.Token);
            if (read == 0) throw new EndOfStreamException($"The server closed after {at} of {count} bytes.");
            at += read;
        }

        return bytes;
    }
}

/// <summary>One frame of messages as it came.</summary>
internal sealed record RoteraAnswer(ulong Mark, long First, IReadOnlyList<byte[]> Messages)
{
    public const ulong Alive = 0x6063977ea508edcc;
    public const ulong ShuttingDown = 0x024d91a955128d3a;

    public IEnumerable<string> Texts => Messages.Select(Encoding.UTF8.GetString);
}
