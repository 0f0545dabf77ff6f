using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Tests.Framing;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing.Grpc;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Cases;

/// <summary>Google's C# messages over <see cref="HttpClient"/>.</summary>
public sealed class DotNetClient(Uri server) : IProtobusClient
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);
    private readonly GrpcClient _client = new(server);

    public static Task<IProtobusClient> OpenAsync(Uri server) => Task.FromResult<IProtobusClient>(new DotNetClient(server));

    public Task<IPublishing> PublishAsync(bool isPacked = false) => Task.FromResult<IPublishing>(
        new Publishing(_client.Open("/protobus.ProtobusService/Publish", isPacked ? [("grpc-encoding", "gzip")] : []), isPacked));

    public async Task<ISubscription> SubscribeAsync(string[] topics, int historyDepth = 0, TimeSpan? deadline = null)
    {
        var subscriber = Subscriber.Open(_client, topics, historyDepth, deadline is { } time ? [("grpc-timeout", $"{(int)time.TotalMilliseconds}m")] : []);
        await subscriber.Call.Response.WaitAsync(WaitMax);
        return new Subscription(subscriber);
    }

    public async Task<int> CallUnknownAsync()
    {
        using var call = _client.Open("/protobus.ProtobusService/Nothing");
        call.Complete();
        return (await call.StatusAsync().WaitAsync(WaitMax)).Code;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Encode(CaseEvent published)
    {
        var message = new EncapsulatedEvent
        {
            Topic = published.Topic,
            Tags = { published.Tags },
            ClientEventTime = Encode(published.EventTime),
            ClientTransmitTime = Encode(published.TransmitTime),
            ServerReceiveTime = Encode(published.ReceiveTime),
            PayloadSize = published.PayloadSize,
            Payload = published.Payload is { } payload ? new Any { TypeUrl = payload.TypeUrl, Value = ByteString.CopyFrom(payload.Value) } : null,
        };
        return [.. message.ToByteArray(), .. published.More];
    }

    private static CaseEvent Decode(byte[] bytes)
    {
        var message = EncapsulatedEvent.Parser.ParseFrom(bytes);
        return new CaseEvent
        {
            Topic = message.Topic,
            Tags = new Dictionary<string, string>(message.Tags),
            EventTime = Decode(message.ClientEventTime),
            TransmitTime = Decode(message.ClientTransmitTime),
            ReceiveTime = Decode(message.ServerReceiveTime),
            PayloadSize = message.PayloadSize,
            Payload = message.Payload is { } payload ? new CasePayload(payload.TypeUrl, payload.Value.ToByteArray()) : null,
            Raw = bytes,
        };
    }

    private static Timestamp? Encode(CaseTime? time) => time is null ? null : new Timestamp { Seconds = time.Seconds, Nanos = time.Nanos };

    private static CaseTime? Decode(Timestamp? time) => time is null ? null : new CaseTime(time.Seconds, time.Nanos);

    private sealed class Publishing(GrpcClientCall call, bool isPacked) : IPublishing
    {
        public async Task SendAsync(params CaseEvent[] events)
        {
            try
            {
                foreach (var published in events)
                    await call.SendRawAsync(isPacked ? GrpcClientCall.Frame(Gzip.Pack(Encode(published)), compressed: true) : GrpcClientCall.Frame(Encode(published)));
            }
            catch (Exception ended) when (ended is IOException or HttpRequestException or OperationCanceledException)
            {
                // The status tells why.
            }
        }

        public async Task<PublishEnd> EndAsync()
        {
            call.Complete();
            byte[]? answer = null;
            try
            {
                answer = await call.ReadAsync().WaitAsync(WaitMax);
            }
            catch (Exception ended) when (ended is IOException or HttpRequestException)
            {
                // As above.
            }

            var code = (await call.StatusAsync().WaitAsync(WaitMax)).Code;
            var status = answer is null ? null : Status.Parser.ParseFrom(answer);
            return new PublishEnd(code, status?.Code ?? 0, status?.Message);
        }

        public Task CancelAsync()
        {
            call.Cancel();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            call.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Subscription(Subscriber subscriber) : ISubscription
    {
        public async Task<IReadOnlyList<CaseEvent>> TakeAsync(int count)
        {
            var taken = new List<CaseEvent>();
            while (taken.Count < count) taken.Add(Decode(await subscriber.Call.ReadAsync().WaitAsync(WaitMax) ?? throw new EndOfStreamException("The subscription has ended.")));
            return taken;
        }

        public async Task<int> EndAsync() => (await subscriber.Call.StatusAsync().WaitAsync(WaitMax)).Code;

        public Task CancelAsync()
        {
            subscriber.Call.Cancel();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            subscriber.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
