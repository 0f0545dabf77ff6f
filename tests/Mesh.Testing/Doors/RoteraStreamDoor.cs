using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Testing.Doors;

/// <summary>A ring whose name is a number, over rotera's own protocol (rotera specification, section 2): its ids are sequences less one.</summary>
public sealed class RoteraStreamDoor(EndPoint rotera, uint ring) : StreamDoor
{
    private const ulong PushWord = 0x70bbf8926f2a1ec6;
    private const ulong CommitWord = 0xfc54160306bf77d4;
    private const ulong ReadWord = 0x7a23663364b9d865;
    private const int HeaderBytes = 32;

    public override async Task PublishAsync(int number)
    {
        var body = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        var length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        await AskAsync([.. Header(PushWord, 1), .. length, .. body, .. Header(CommitWord, 0)], wire => TakeAsync(wire, 16));
    }

    /// <summary>The server closes the connection of whoever reads a ring that is not there.</summary>
    public override async Task<IReadOnlyList<Seen>> ReadAsync(int records)
    {
        try
        {
            return [.. (await ReadBodiesAsync()).Select(record => new Seen(record.Sequence, NumberText.Of(record.Body)))];
        }
        catch (Exception closed) when (records == 0 && closed is IOException)
        {
            return [];
        }
    }

    /// <summary>All messages as they are.</summary>
    public Task<List<(long Sequence, byte[] Body)>> ReadBodiesAsync() => AskAsync(Header(ReadWord, uint.MaxValue / 2), TakeAllAsync);

    /// <summary>Reads begin with the oldest.</summary>
    private byte[] Header(ulong word, uint count)
    {
        var header = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, word);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), ring);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), count);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), -1);
        return header;
    }

    private async Task<T> AskAsync<T>(byte[] request, Func<NetworkStream, Task<T>> read)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(rotera);
        await using var wire = new NetworkStream(socket);
        await wire.WriteAsync(request);
        return await read(wire).WaitAsync(WaitMax);
    }

    private static async Task<List<(long Sequence, byte[] Body)>> TakeAllAsync(NetworkStream wire)
    {
        var head = await TakeAsync(wire, 24);
        var first = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(8));
        var lengths = await TakeAsync(wire, (int)BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(16)) * sizeof(uint));
        var bodies = new List<(long, byte[])>();
        for (var at = 0; at < lengths.Length; at += sizeof(uint))
            bodies.Add((first + bodies.Count + 1, await TakeAsync(wire, BinaryPrimitives.ReadInt32LittleEndian(lengths.AsSpan(at)))));
        return bodies;
    }

    private static async Task<byte[]> TakeAsync(NetworkStream wire, int count)
    {
        var bytes = new byte[count];
        await wire.ReadExactlyAsync(bytes);
        return bytes;
    }
}
