using System.Text;
using Mesh.Testing.Grpc;

namespace Mesh.Testing.Faults.Loads;

/// <summary>Publishes events over gRPC, one call a message, since protobus acknowledges calls.</summary>
public sealed class PartitionLoad(History history, IReadOnlyList<OpenDoors> servers, string topic, string producer)
    : DoorLoad(history, servers, "partition", producer)
{
    private const int ResourceExhausted = 8;
    private GrpcClient? _client;

    protected override async Task SendAsync(Send send)
    {
        _client ??= new GrpcClient(Server.Grpc);
        using var call = _client.Open("/protobus.ProtobusService/Publish");
        var sending = call.SendAsync((byte[])[.. Field(1, Encoding.UTF8.GetBytes(topic)), .. Payload(send.Message)]);
        await await Task.WhenAny(sending, call.Response); // without a connection nothing is ever sent
        call.Complete();
        var status = await call.StatusAsync();
        if (status.Code == 0) send.Acknowledged();
        else if (status.Code == ResourceExhausted) send.Refused();
        else throw new IOException(status.Message);
    }

    protected override void Disconnect()
    {
        _client?.Dispose();
        _client = null;
    }

    private static byte[] Field(int number, byte[] bytes) => [(byte)((number << 3) | 2), (byte)bytes.Length, .. bytes];

    /// <summary>A google.protobuf.Any without a type, whose value is the message's name; the field that the server puts behind it may begin with a digit.</summary>
    private static byte[] Payload(MessageId message) => Field(7, Field(2, Encoding.UTF8.GetBytes($"{message};")));
}
