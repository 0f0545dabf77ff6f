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

    public override Task PublishAsync(int number) => PublishAsync("type.example/Number", Encoding.UTF8.GetBytes(NumberText.Marked(number)));

    /// <summary>Publishes an event of this payload: a type, and the bytes of a value.</summary>
    public async Task PublishAsync(string type, byte[] value)
    {
        byte[] payload = [.. Field(1, type), .. Field(2, value)];
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

    /// <summary>The payload of the oldest event: its type, and the bytes of its value.</summary>
    public async Task<(string Type, byte[] Value)> FirstPayloadAsync()
    {
        var (client, call) = await SubscribeAsync();
        using (client)
        using (call)
        {
            var read = (Type: "", Value: Array.Empty<byte>());
            var message = await call.ReadAsync().WaitAsync(WaitMax) ?? throw new EndOfStreamException($"Subscribe {topic}: {await call.StatusAsync()}");
            Walk(message, (field, _, content) =>
            {
                if (field == Payload) read = PayloadOf(content);
            });
            return read;
        }
    }

    private async Task<StreamTail> OpenAsync()
    {
        var (client, call) = await SubscribeAsync();
        return new GrpcTail(client, call, bytes => [SeenOf(bytes)]);
    }

    /// <summary>From the beginning, with positions.</summary>
    private async Task<(GrpcClient Client, GrpcClientCall Call)> SubscribeAsync()
    {
        const int FromSequence = 1001;
        const int Positions = 1004;
        var client = new GrpcClient(grpc);
        var call = client.Open("/protobus.ProtobusService/Subscribe");
        await call.SendAsync((byte[])[.. Field(1, $"{Regex.Escape(topic)}$"), .. Field(2, [.. Field(FromSequence, 1), .. Field(Positions, 1)])]);
        call.Complete();
        await call.Response.WaitAsync(WaitMax);
        return (client, call);
    }

    private static Seen SeenOf(byte[] bytes)
    {
        var (sequence, number) = (0L, 0);
        Walk(bytes, (field, value, content) =>
        {
            if (field == Sequence) sequence = value;
            if (field == Payload) number = NumberText.Of(Encoding.Latin1.GetString(PayloadOf(content).Value));
        });
        return new Seen(sequence, number);
    }

    private static (string Type, byte[] Value) PayloadOf(byte[] payload)
    {
        var (type, value) = ("", Array.Empty<byte>());
        Walk(payload, (field, _, content) =>
        {
            if (field == 1) type = Encoding.UTF8.GetString(content);
            if (field == 2) value = content;
        });
        return (type, value);
    }
}
