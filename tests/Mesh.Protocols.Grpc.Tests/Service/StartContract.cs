using System.IO.Compression;
using Google.Protobuf.WellKnownTypes;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>What subscribers can ask for beyond the original: beginnings, positions, packed messages. The door has <see cref="RulesContract.Rules"/>.</summary>
public abstract class StartContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    private static readonly string[] Everything = [];

    [ContractFact]
    public async Task A_subscription_begins_at_a_sequence()
    {
        await Door.PublishAsync("t1", "t2", "u3", "t4");
        using var subscriber = await Door.SubscribeAsync(["t"], new SubscriptionOptions { FromSequence = 2 });
        await Door.PublishAsync("t5");
        Assert.Equal(["t2", "t4", "t5"], await subscriber.TopicsAsync(3));
    }

    [ContractFact]
    public async Task A_subscription_that_begins_at_a_time_misses_nothing_received_since()
    {
        await Door.PublishAsync("t1");
        await Door.PublishAsync("t2");
        using var all = await Door.SubscribeAsync(Everything, historyDepth: 10);
        await all.NextAsync();
        var second = await all.NextAsync();
        using var subscriber = await Door.SubscribeAsync(Everything, new SubscriptionOptions { FromTime = second.ServerReceiveTime });
        await Door.PublishAsync("t3");
        Assert.Equal(["t2", "t3"], await subscriber.TopicsAsync(2));
    }

    [ContractFact]
    public async Task A_time_to_come_means_live_events()
    {
        await Door.PublishAsync("t1");
        using var subscriber = await Door.SubscribeAsync(Everything, new SubscriptionOptions { FromTime = Timestamp.FromDateTime(DateTime.UtcNow.AddDays(1)) });
        await Door.PublishAsync("t2");
        Assert.Equal("t2", (await subscriber.NextAsync()).Topic);
    }

    [ContractFact]
    public async Task Whoever_goes_on_from_the_positions_it_saw_gets_every_event_once()
    {
        string[] topics = ["a", "rules/own/1", "rules/shared/1", "rules/own/2"];
        await Door.PublishAsync([.. topics, .. topics]);
        var seen = new List<(string, long)>();
        var options = new SubscriptionOptions { Positions = true, FromSequence = 1 };
        for (var round = 0; round < 4; round++)
        {
            using var subscriber = await Door.SubscribeAsync(Everything, options);
            for (var i = 0; i < 2; i++)
            {
                var delivered = await subscriber.NextAsync();
                seen.Add((delivered.Partition, delivered.Sequence));
            }

            options = new SubscriptionOptions { Positions = true };
            options.From.Add(seen.GroupBy(at => at.Item1).Select(group => new Position { Partition = group.Key, Sequence = group.Max(at => at.Item2) + 1 }));
        }

        string[] partitions = ["events", "own-rules/own/1", "own-rules/own/2", "shared"];
        Assert.Equal(partitions.SelectMany(partition => new[] { (partition, 1L), (partition, 2L) }), seen.Order());
    }

    [ContractFact]
    public async Task Positions_come_only_when_asked_for()
    {
        using var subscriber = await Door.SubscribeAsync(Everything);
        await Door.PublishAsync("t");
        Assert.Equal(("", 0L), await subscriber.NextAsync() is var seen ? (seen.Partition, seen.Sequence) : default);
    }

    [ContractTheory]
    [InlineData(0, -1, false, "from_sequence must be")]
    [InlineData(1, 1, false, "different beginnings")]
    [InlineData(0, 1, true, "different beginnings")]
    public async Task Beginnings_that_cannot_be_are_refused(int depth, long sequence, bool hasTime, string reason)
    {
        var options = new SubscriptionOptions { HistoryDepth = depth, FromSequence = sequence, FromTime = hasTime ? new Timestamp() : null };
        using var subscriber = Subscriber.Open(Door.Client, [], options);
        var status = await subscriber.Call.StatusAsync();
        Assert.Equal(3, status.Code);
        Assert.Contains(reason, status.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_client_that_packs_its_messages_gets_large_ones_packed()
    {
        using var subscriber = Subscriber.Open(Door.Client, [], 0, ("grpc-encoding", "gzip"), ("grpc-accept-encoding", "identity,gzip"));
        Assert.Equal("gzip", Assert.Single((await subscriber.Call.Response).Headers.GetValues("grpc-encoding")));
        await Door.PublishAsync("small", new string('t', 4000));
        Assert.Equal("small", (await subscriber.NextAsync()).Topic);
        var packed = await subscriber.Call.ReadAsync();
        Assert.InRange(packed!.Length, 1, 1000);
        using var unpacked = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        Assert.Equal(4000, EncapsulatedEvent.Parser.ParseFrom(unpacked).Topic.Length);
    }
}
