using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Mesh.Frames;
using Mesh.Testing.Grpc;
using Xunit;

namespace Mesh.Testing.Doors;

/// <summary>Any stream, by its address over gRPC. The few messages are written and read by hand (mesh.proto: Append, Read).</summary>
public sealed class MeshGrpcDoor(Uri grpc, string address) : StreamDoor
{
    private const int Stream = 2;
    private const int Records = 3;

    public override async Task PublishAsync(int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        byte[] record = [.. Field(1, text), .. Field(4, "application/json")];
        await CallAsync("Append", [.. Field(Stream, address), .. Field(Records, record)]);
    }

    public override async Task<IReadOnlyList<Seen>> ReadAsync()
    {
        var page = await CallAsync("Read", [.. Field(Stream, address)]);
        var seen = new List<Seen>();
        Walk(page, (field, _, record) =>
        {
            if (field == 1 && record.Length > 0) seen.Add(Read(record));
        });
        return seen;
    }

    /// <summary>The last digits are what the bodies of these tests have in common: a number or an object as JSON, or the entry of a ring.</summary>
    private static Seen Read(byte[] record)
    {
        var (sequence, body) = (0L, "");
        Walk(record, (field, value, bytes) =>
        {
            if (field == 1) sequence = value;
            if (field == 10) body = Encoding.UTF8.GetString(bytes);
        });
        return new Seen(sequence, int.Parse(Regex.Match(body, "[0-9]+", RegexOptions.RightToLeft).Value, CultureInfo.InvariantCulture));
    }

    private async Task<byte[]> CallAsync(string method, byte[] request)
    {
        using var client = new GrpcClient(grpc);
        using var call = client.Open($"/mesh.v1.Mesh/{method}");
        await call.SendAsync(request);
        call.Complete();
        var answer = await call.ReadAsync();
        var status = await call.StatusAsync();
        Assert.True(status.Code == 0, $"{method} {address}: {status}");
        return answer ?? [];
    }

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] bytes)
    {
        var field = new ArrayBufferWriter<byte>();
        field.Write([(byte)((number << 3) | 2)]);
        var length = new byte[Varint.BytesMax];
        field.Write(length.AsSpan(0, Varint.Write(length, (ulong)bytes.Length)));
        field.Write(bytes);
        return field.WrittenSpan.ToArray();
    }

    private static void Walk(byte[] message, Action<int, long, byte[]> take)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint.Read(message, ref at);
            if ((tag & 7) == 0) take((int)(tag >> 3), (long)Varint.Read(message, ref at), []);
            else take((int)(tag >> 3), 0, Varint.ReadBlock(message, ref at).ToArray());
        }
    }
}
