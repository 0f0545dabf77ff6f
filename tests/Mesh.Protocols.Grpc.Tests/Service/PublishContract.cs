using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Testing;
using Mesh.Testing.Grpc;
using Mesh.Testing.Postgres;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>What publishers depend on.</summary>
public abstract class PublishContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    private static readonly string[] Foo = ["foo"];

    [ContractFact]
    public async Task An_empty_stream_is_answered_with_ok()
    {
        using var call = Door.Publish();
        call.Complete();
        Assert.Equal("12024f4b", Convert.ToHexStringLower((await call.ReadAsync())!));
        Assert.Equal(new GrpcClientStatus(0, "", InHeaders: false), await call.StatusAsync());
    }

    [ContractFact]
    public async Task A_subscriber_gets_topic_tags_times_and_payload_as_published()
    {
        using var subscriber = await Door.SubscribeAsync(Foo);
        var published = new EncapsulatedEvent
        {
            Topic = "foo",
            Tags = { ["k"] = "v", ["empty"] = "" },
            ClientEventTime = new Timestamp { Seconds = 1, Nanos = 7 },
            ClientTransmitTime = new Timestamp { Seconds = 2 },
            Payload = Any.Pack(new Timestamp { Seconds = 9 }),
        };
        await Door.PublishAsync(published);
        var delivered = await subscriber.NextAsync();
        published.ServerReceiveTime = delivered.ServerReceiveTime;
        published.PayloadSize = published.Payload.CalculateSize();
        Assert.Equal(published, delivered);
    }

    [ContractFact]
    public async Task Size_and_receive_time_are_the_servers_whatever_the_client_sent()
    {
        using var subscriber = await Door.SubscribeAsync(Foo);
        var before = DateTime.UtcNow.AddMilliseconds(-1);
        await Door.PublishAsync(new EncapsulatedEvent
        {
            Topic = "foo",
            PayloadSize = 999,
            ServerReceiveTime = new Timestamp { Seconds = 1 },
            Payload = new Any { TypeUrl = "type.googleapis.com/abcdef", Value = ByteString.CopyFromUtf8("x") },
        });
        var after = DateTime.UtcNow.AddMilliseconds(1);
        var delivered = await subscriber.NextAsync();
        Assert.Equal(31, delivered.PayloadSize);
        Assert.InRange(delivered.ServerReceiveTime.ToDateTime(), before, after);
    }

    [ContractFact]
    public async Task Without_a_payload_the_size_is_zero_and_the_payload_stays_unset()
    {
        using var subscriber = await Door.SubscribeAsync(Foo);
        await Door.PublishAsync(new EncapsulatedEvent { Topic = "foo", PayloadSize = 999 });
        var delivered = await subscriber.NextAsync();
        Assert.Equal(0, delivered.PayloadSize);
        Assert.Null(delivered.Payload);
    }

    [ContractFact]
    public async Task A_client_may_send_topic_and_payload_only_and_unknown_fields_survive()
    {
        using var subscriber = await Door.SubscribeAsync(Foo);
        var known = new EncapsulatedEvent { Topic = "foo", Payload = new Any { TypeUrl = "x/y" } }.ToByteArray();
        byte[] unknown = [0xA2, 0x06, 0x03, 1, 2, 3, 0xA8, 0x06, 0x2A]; // field 100: three bytes, field 101: 42
        using var call = Door.Publish();
        await call.SendAsync((byte[])[.. known, .. unknown]);
        var delivered = (await subscriber.Call.ReadAsync())!;
        Assert.True(delivered.AsSpan().IndexOf([.. known, .. unknown]) > 0, Convert.ToHexString(delivered));
        Assert.Equal("foo", EncapsulatedEvent.Parser.ParseFrom(delivered).Topic);
    }

    [ContractFact]
    public async Task Subscribers_get_an_event_while_its_stream_is_still_open()
    {
        using var subscriber = await Door.SubscribeAsync(Foo);
        using var call = Door.Publish();
        await call.SendAsync(new EncapsulatedEvent { Topic = "foo1" }.ToByteArray());
        Assert.Equal("foo1", (await subscriber.NextAsync()).Topic);
        Assert.False(call.Response.IsCompleted);
        await call.SendAsync(new EncapsulatedEvent { Topic = "foo2" }.ToByteArray());
        Assert.Equal("foo2", (await subscriber.NextAsync()).Topic);
    }

    [ContractFact]
    public async Task What_came_before_a_stream_was_cancelled_is_delivered_and_stored()
    {
        using var subscriber = await Door.SubscribeAsync(Foo);
        using (var call = Door.Publish())
        {
            await call.SendAsync(new EncapsulatedEvent { Topic = "foo1" }.ToByteArray());
            await call.SendAsync(new EncapsulatedEvent { Topic = "foo2" }.ToByteArray());
            Assert.Equal(["foo1", "foo2"], await subscriber.TopicsAsync(2));
            call.Cancel();
        }

        await Door.PublishAsync("last");
        Assert.Equal(3, (await Door.Events.StateAsync()).Length);
    }

    [ContractFact]
    public Task Events_of_one_stream_arrive_in_order_and_none_is_missing() => ArriveInOrderAsync(Door);

    [ContractFact]
    public async Task A_malformed_event_ends_the_stream_and_those_before_it_stay_published()
    {
        using var call = Door.Publish();
        await call.SendAsync(new EncapsulatedEvent { Topic = "foo" }.ToByteArray());
        await call.SendAsync((byte[])[0x0A, 0x02, 0xFF, 0xFE]);
        var status = await call.StatusAsync();
        Assert.Equal(3, status.Code);
        Assert.Contains("topic is not UTF-8", status.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await Door.Events.StateAsync()).Length);
    }

    [ContractFact]
    public async Task An_event_just_under_the_limit_passes_and_one_over_it_is_refused()
    {
        using var subscriber = await Door.SubscribeAsync([]);
        var payload = new Any { Value = ByteString.CopyFrom(new byte[(4 * 1024 * 1024) - 16]) };
        await Door.PublishAsync(new EncapsulatedEvent { Topic = "t", Payload = payload });
        Assert.Equal(payload.Value, (await subscriber.NextAsync()).Payload.Value);

        using var call = Door.Publish();
        await call.SendRawAsync((byte[])[0, 0, 0x40, 0, 1]); // a header that announces 4 MiB and a byte
        var status = await call.StatusAsync();
        Assert.Equal(8, status.Code);
        Assert.Contains("4194304", status.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Any_text_is_a_topic()
    {
        using var subscriber = await Door.SubscribeAsync([]);
        string[] topics = ["", "a/b", "../x", "ünï¢ode \n", "t"];
        await Door.PublishAsync(topics);
        Assert.Equal(topics, await subscriber.TopicsAsync(topics.Length));
    }

    [ContractFact]
    public async Task Gzip_messages_are_taken()
    {
        using var subscriber = await Door.SubscribeAsync(Foo);
        using var call = Door.Publish(("grpc-encoding", "gzip"));
        await call.SendRawAsync(GrpcClientCall.Frame(Framing.Gzip.Pack(new EncapsulatedEvent { Topic = "foo" }.ToByteArray()), compressed: true));
        Assert.Equal("foo", (await subscriber.NextAsync()).Topic);
    }

    protected static async Task ArriveInOrderAsync(GrpcDoor door)
    {
        using var one = await door.SubscribeAsync([]);
        using var two = await door.SubscribeAsync(["t"]);
        var topics = Enumerable.Range(0, 5000).Select(i => $"t{i}").ToList();
        var publishing = Task.Run(() => door.PublishAsync([.. topics]));
        Assert.Equal(topics, await one.TopicsAsync(topics.Count));
        Assert.Equal(topics, await two.TopicsAsync(topics.Count));
        await publishing;
    }
}
