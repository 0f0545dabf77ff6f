using Google.Protobuf;
using Mesh.Testing.Grpc;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>One Subscribe call of a client.</summary>
public sealed class Subscriber(GrpcClientCall call) : IDisposable
{
    public GrpcClientCall Call { get; } = call;

    public static Subscriber Open(GrpcClient client, string[] patterns, int historyDepth, params (string Name, string Value)[] headers) =>
        Open(client, patterns, historyDepth == 0 ? null : new SubscriptionOptions { HistoryDepth = historyDepth }, headers);

    public static Subscriber Open(GrpcClient client, string[] patterns, SubscriptionOptions? options, params (string Name, string Value)[] headers)
    {
        var request = new SubscriptionRequest { Topics = { patterns }, Options = options };
        var call = client.Open("/protobus.ProtobusService/Subscribe", headers);
        _ = SendAsync(call, request);
        return new Subscriber(call);
    }

    public async Task<EncapsulatedEvent> NextAsync() =>
        EncapsulatedEvent.Parser.ParseFrom(await Call.ReadAsync() ?? throw new EndOfStreamException("The subscription has ended."));

    public async Task<List<string>> TopicsAsync(int count)
    {
        var topics = new List<string>();
        while (topics.Count < count) topics.Add((await NextAsync()).Topic);
        return topics;
    }

    public void Dispose() => Call.Dispose();

    private static async Task SendAsync(GrpcClientCall call, SubscriptionRequest request)
    {
        await call.SendAsync(request.ToByteArray());
        call.Complete();
    }
}
