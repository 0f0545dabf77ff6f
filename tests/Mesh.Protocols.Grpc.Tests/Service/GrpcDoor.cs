using Google.Protobuf;
using Mesh.Testing.Grpc;
using Mesh.Topics;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>The gRPC door, whoever holds it.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="mesh">What it leads to.</param>
public class GrpcDoor(Uri address, IMesh mesh) : IAsyncDisposable
{
    public IMesh Mesh { get; } = mesh;

    public IPartition Events { get; } = mesh.Partition(TopicHomes.Events);

    public Uri Address { get; } = address;

    public GrpcClient Client { get; } = new(address);

    /// <summary>An open Publish call.</summary>
    public GrpcClientCall Publish(params (string Name, string Value)[] headers) => Client.Open("/protobus.ProtobusService/Publish", headers);

    /// <summary>Publishes events in a stream of their own and waits until they are durable.</summary>
    public async Task PublishAsync(params EncapsulatedEvent[] events)
    {
        using var call = Publish();
        foreach (var published in events) await call.SendAsync(published.ToByteArray());
        call.Complete();
        var status = await call.StatusAsync();
        Assert.True(status.Code == 0, status.ToString());
    }

    public Task PublishAsync(params string[] topics) => PublishAsync([.. topics.Select(topic => new EncapsulatedEvent { Topic = topic })]);

    /// <summary>A subscription that is active.</summary>
    public async Task<Subscriber> SubscribeAsync(string[] patterns, int historyDepth = 0)
    {
        var subscriber = OpenSubscription(patterns, historyDepth);
        await subscriber.Call.Response;
        return subscriber;
    }

    /// <summary>A subscription that is active.</summary>
    public async Task<Subscriber> SubscribeAsync(string[] patterns, SubscriptionOptions options)
    {
        var subscriber = Subscriber.Open(Client, patterns, options);
        await subscriber.Call.Response;
        return subscriber;
    }

    /// <summary>A subscription that was asked for.</summary>
    public Subscriber OpenSubscription(string[] patterns, int historyDepth = 0, params (string Name, string Value)[] headers) =>
        Subscriber.Open(Client, patterns, historyDepth, headers);

    public virtual ValueTask DisposeAsync()
    {
        Client.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
