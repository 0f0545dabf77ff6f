using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Testing;
using Mesh.Testing.Grpc;
using Mesh.Topics;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>Beginnings, and how subscribers that are cut off go on.</summary>
public sealed class StartTests() : StartContract(async () => await GrpcHost.StartAsync(rules: RulesContract.Rules))
{
    [Fact]
    public async Task A_subscriber_whose_server_stops_is_told_where_to_go_on()
    {
        await using var host = await GrpcHost.StartAsync();
        await host.PublishAsync("a", "b");
        using var subscriber = await host.SubscribeAsync(["a"], historyDepth: 1);
        Assert.Equal("a", (await subscriber.NextAsync()).Topic);
        await host.PublishAsync("a", "b", "a");
        await subscriber.TopicsAsync(2);
        var stopping = host.StopAsync();
        var told = await StatusFacts.OfAsync(subscriber.Call);
        await stopping;
        Assert.Equal(("6", "true"), (told.Facts["resume:events"], told.Facts["resume_complete"]));
    }

    [Fact]
    public async Task A_subscriber_that_retention_overtakes_is_told_so_and_where_to_go_on()
    {
        await using var host = await GrpcHost.StartAsync();
        await host.Mesh.Catalogue.CreateAsync(TopicHomes.Events, new StreamOptions { RetentionCount = 5 }, default);
        using var narrow = new GrpcClient(host.Address, windowBytes: 65_535);
        using var slow = Subscriber.Open(narrow, [], 0);
        await slow.Call.Response;
        for (var i = 0; i < 100; i++) await host.PublishAsync(Large(i));
        while (await slow.Call.ReadAsync() is not null)
        {
        }

        Assert.Equal(11, (await slow.Call.StatusAsync()).Code);
        var told = await StatusFacts.OfAsync(slow.Call);
        Assert.Equal("OVERTAKEN_BY_RETENTION", told.Reason);
        Assert.Equal("96", told.Facts["resume:events"]);
    }

    [Fact]
    public async Task A_subscriber_that_takes_nothing_for_too_long_is_cut_off_and_can_go_on_without_a_gap()
    {
        const int Events = 60;
        var clock = new ManualClock();
        var calls = new OpenSubscriptions();
        await using var host = await GrpcHost.StartAsync(new GrpcOptions { SubscriberStallMax = TimeSpan.FromMinutes(1) }, clock, calls.Watch);
        using var narrow = new GrpcClient(host.Address, windowBytes: 65_535);
        using var slow = Subscriber.Open(narrow, [], 0);
        await slow.Call.Response;
        for (var i = 0; i < Events; i++) await host.PublishAsync(Large(i));
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMinutes(1)); // nothing, while the server does not wait for the subscriber yet
                return Task.FromResult(calls.NoneAsync().IsCompleted);
            },
            "the server follows the log for the subscriber no more");
        var seen = 0;
        while (await slow.Call.ReadAsync() is { } message)
        {
            Assert.Equal($"t{seen}", EncapsulatedEvent.Parser.ParseFrom(message).Topic);
            seen++;
        }

        Assert.InRange(seen, 1, Events - 1);
        Assert.Equal(8, (await slow.Call.StatusAsync()).Code);
        var told = await StatusFacts.OfAsync(slow.Call);
        Assert.Equal(("SLOW_SUBSCRIBER", $"{seen + 1}"), (told.Reason, told.Facts["resume:events"]));
        using var again = await host.SubscribeAsync([], new SubscriptionOptions { From = { new Position { Partition = "events", Sequence = seen + 1 } } });
        Assert.Equal(Enumerable.Range(seen, Events - seen).Select(i => $"t{i}"), await again.TopicsAsync(Events - seen));
    }

    private static EncapsulatedEvent Large(int i) => new() { Topic = $"t{i}", Payload = new Any { Value = ByteString.CopyFrom(new byte[50_000]) } };
}
