using System.Globalization;
using Mesh.Testing.Grpc;
using Xunit;
using static Mesh.Testing.Doors.ProtobufBytes;

namespace Mesh.Testing.Doors;

/// <summary>Any stream, by its address over gRPC. The few messages are written and read by hand (mesh.proto: Append, Read, Tail).</summary>
public sealed class MeshGrpcDoor(Uri grpc, string address) : StreamDoor
{
    private const int Stream = 2;
    private const int Records = 3;
    private const int From = 3;
    private const int Limit = 6;

    public override async Task PublishAsync(int number)
    {
        byte[] record = [.. Field(1, number.ToString(CultureInfo.InvariantCulture)), .. Field(4, "application/json")];
        await CallAsync("Append", [.. Field(Stream, address), .. Field(Records, record)]);
    }

    public override async Task<IReadOnlyList<Seen>> ReadAsync(int records) => SeenOf(await CallAsync("Read", [.. Field(Stream, address), .. Field(Limit, 10_000)]));

    public override async Task<StreamTail?> TailAsync()
    {
        var client = new GrpcClient(grpc);
        var call = client.Open("/mesh.v1.Mesh/Tail");
        await call.SendAsync((byte[])[.. Field(Stream, address), .. Field(From, 1)]);
        call.Complete();
        return new GrpcTail(client, call, SeenOf);
    }

    /// <summary>Records are the first field of pages and of what tails send.</summary>
    private static List<Seen> SeenOf(byte[] page)
    {
        var seen = new List<Seen>();
        Walk(page, (field, _, record) =>
        {
            if (field == 1 && record.Length > 0) seen.Add(OneOf(record));
        });
        return seen;
    }

    private static Seen OneOf(byte[] record)
    {
        var (sequence, number) = (0L, 0);
        Walk(record, (field, value, bytes) =>
        {
            if (field == 1) sequence = value;
            if (field == 10) number = NumberText.Of(bytes);
        });
        return new Seen(sequence, number);
    }

    private async Task<byte[]> CallAsync(string method, byte[] request)
    {
        using var client = new GrpcClient(grpc);
        using var call = client.Open($"/mesh.v1.Mesh/{method}");
        await call.SendAsync(request);
        call.Complete();
        var answer = await call.ReadAsync().WaitAsync(WaitMax);
        var status = await call.StatusAsync();
        Assert.True(status.Code == 0, $"{method} {address}: {status}");
        return answer ?? [];
    }
}
