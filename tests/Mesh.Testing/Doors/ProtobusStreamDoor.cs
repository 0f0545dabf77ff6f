using System.Text;
using System.Text.RegularExpressions;
using Mesh.Testing.Grpc;
using Xunit;
using static Mesh.Testing.Doors.ProtobufBytes;

namespace Mesh.Testing.Doors;

/// <summary>A topic over protobus. Its server reads on live, so a reader takes as many events as there are (protobus.proto: Publish, Subscribe).</summary>
public sealed class ProtobusStreamDoor(Uri grpc, string topic) : StreamDoor
{
    private const int Payload = 7;
    private const int Sequence = 1002;

    public override async Task PublishAsync(int number)
    {
        byte[] payload = [.. Field(1, "type.example/Number"), .. Field(2, NumberText.Marked(number))];
        using var client = new GrpcClient(grpc);
        using var call = client.Open("/protobus.ProtobusService/Publish");
        await call.SendAsync((byte[])[.. Field(1, topic), .. Field(Payload, payload)]);
        call.Complete();
        await call.ReadAsync().WaitAsync(WaitMax);
        var status = await call.StatusAsync();
        Assert.True(status.Code == 0, $"Publish {topic}: {status}");
    }

    public override async Task<IReadOnlyList<Seen>> ReadAsync(int records)
    {
        await using var tail = await OpenAsync();
        var seen = new List<Seen>();
        while (seen.Count < records) seen.Add(await tail.NextAsync());
        return seen;
    }

    public override async Task<StreamTail?> TailAsync() => await OpenAsync();

    /// <summary>From the beginning, with positions.</summary>
    private async Task<StreamTail> OpenAsync()
    {
        const int FromSequence = 1001;
        const int Positions = 1004;
        var client = new GrpcClient(grpc);
        var call = client.Open("/protobus.ProtobusService/Subscribe");
        await call.SendAsync((byte[])[.. Field(1, $"{Regex.Escape(topic)}$"), .. Field(2, [.. Field(FromSequence, 1), .. Field(Positions, 1)])]);
        call.Complete();
        await call.Response.WaitAsync(WaitMax);
        return new GrpcTail(client, call, bytes => [SeenOf(bytes)]);
    }

    private static Seen SeenOf(byte[] bytes)
    {
        var (sequence, number) = (0L, 0);
        Walk(bytes, (field, value, content) =>
        {
            if (field == Sequence) sequence = value;
            if (field == Payload) number = NumberOf(content);
        });
        return new Seen(sequence, number);
    }

    private static int NumberOf(byte[] payload)
    {
        var number = 0;
        Walk(payload, (field, _, content) =>
        {
            if (field == 2) number = NumberText.Of(Encoding.Latin1.GetString(content));
        });
        return number;
    }
}
