using Xunit;

namespace Mesh.Orleans.Tests.PersistentStreams;

/// <summary>What a stream promises its publishers and consumers while nothing fails.</summary>
public sealed class StreamTests(StreamFixture fixture) : IClassFixture<StreamFixture>
{
    [Fact]
    public async Task Events_come_in_the_order_of_their_sequences()
    {
        var stream = fixture.Stream();
        var listener = new Listener();
        await stream.SubscribeAsync(listener);
        for (var i = 0; i < 50; i++) await stream.OnNextAsync($"event {i}");
        await listener.HearAsync(50);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"event {i}"), listener.Items);
        Assert.Equal(listener.Sequences.Order(), listener.Sequences);
    }

    [Fact]
    public async Task Events_of_a_batch_stand_next_to_one_another()
    {
        var stream = fixture.Stream();
        var listener = new Listener();
        await stream.SubscribeAsync(listener);
        await stream.OnNextBatchAsync(["a", "b", "c"]);
        await listener.HearAsync(3);
        Assert.Equal(["a", "b", "c"], listener.Items);
        Assert.Equal(Enumerable.Range(0, 3).Select(i => listener.Sequences[0] + i), listener.Sequences);
    }

    [Fact]
    public async Task A_subscription_from_the_first_sequence_replays_a_stream_that_nobody_listened_to()
    {
        var stream = fixture.Stream();
        for (var i = 0; i < 20; i++) await stream.OnNextBatchAsync(Enumerable.Range(i * 10, 10).Select(Large));
        var listener = new Listener();
        await stream.SubscribeAsync(listener, MeshStreamToken.From(Sequence.First));
        await listener.HearAsync(200);
        Assert.Equal(Enumerable.Range(0, 200).Select(Large), listener.Items);
    }

    [Fact]
    public async Task A_subscription_from_a_sequence_begins_with_its_record_and_one_from_behind_it_with_the_next()
    {
        var stream = fixture.Stream();
        var first = new Listener();
        await stream.SubscribeAsync(first);
        for (var i = 0; i < 10; i++) await stream.OnNextAsync($"{i}");
        await first.HearAsync(10);
        var (at, behind) = (new Listener(), new Listener());
        var token = MeshStreamToken.From(new Sequence(first.Sequences[6]));
        await stream.SubscribeAsync(at, token);
        await stream.SubscribeAsync(behind, token.Next());
        await at.HearAsync(4);
        await behind.HearAsync(3);
        Assert.Equal(["6", "7", "8", "9"], at.Items);
        Assert.Equal(["7", "8", "9"], behind.Items);
        Assert.Equal(10, first.Items.Count);
    }

    [Fact]
    public async Task A_subscription_from_a_time_begins_with_the_first_event_since()
    {
        var stream = fixture.Stream();
        await stream.OnNextBatchAsync(["too old", "too old"]);
        fixture.Cluster.Clock.Advance(TimeSpan.FromMinutes(1));
        var time = fixture.Cluster.Clock.GetUtcNow();
        await stream.OnNextBatchAsync(["a", "b"]);
        var listener = new Listener();
        await stream.SubscribeAsync(listener, MeshStreamToken.From(time));
        await stream.OnNextAsync("c");
        await listener.HearAsync(3);
        Assert.Equal(["a", "b", "c"], listener.Items);
    }

    [Fact]
    public async Task Two_subscribers_each_hear_everything_wherever_they_begin()
    {
        var stream = fixture.Stream();
        var (first, live, late) = (new Listener(), new Listener(), new Listener());
        await stream.SubscribeAsync(first);
        await stream.OnNextAsync("before");
        await first.HearAsync(1); // a subscription without a token begins where the partition has been read to
        await stream.SubscribeAsync(live);
        await stream.OnNextAsync("between");
        await live.HearAsync(1);
        await stream.SubscribeAsync(late, MeshStreamToken.From(Sequence.First));
        await stream.OnNextAsync("after");
        await live.HearAsync(2);
        await late.HearAsync(3);
        Assert.Equal(["before", "between", "after"], late.Items);
        Assert.Equal(["between", "after"], live.Items);
    }

    [Fact]
    public async Task Streams_of_one_partition_do_not_hear_one_another()
    {
        var streams = Enumerable.Range(0, 12).Select(_ => (Stream: fixture.Stream(), Listener: new Listener())).ToList();
        foreach (var (stream, listener) in streams) await stream.SubscribeAsync(listener);
        for (var i = 0; i < 5; i++)
            foreach (var (stream, _) in streams) await stream.OnNextAsync($"{i} of {stream.StreamId}");
        foreach (var (stream, listener) in streams)
        {
            await listener.HearAsync(5);
            Assert.Equal(Enumerable.Range(0, 5).Select(i => $"{i} of {stream.StreamId}"), listener.Items);
        }
    }

    [Fact]
    public async Task Who_has_unsubscribed_hears_nothing_more()
    {
        var stream = fixture.Stream();
        var (gone, stays) = (new Listener(), new Listener());
        var handle = await stream.SubscribeAsync(gone);
        await stream.SubscribeAsync(stays);
        await stream.OnNextAsync("first");
        await gone.HearAsync(1);
        await handle.UnsubscribeAsync();
        await stream.OnNextBatchAsync(["second", "third"]);
        await stays.HearAsync(3);
        Assert.Equal(["first"], gone.Items);
        Assert.Single(await stream.GetAllSubscriptionHandles());
    }

    [Fact]
    public async Task A_resumed_subscription_goes_back_to_the_event_its_token_names()
    {
        var stream = fixture.Stream();
        var first = new Listener();
        var handle = await stream.SubscribeAsync(first);
        for (var i = 0; i < 5; i++) await stream.OnNextAsync($"{i}");
        await first.HearAsync(5);
        var again = new Listener();
        await handle.ResumeAsync(again, MeshStreamToken.From(new Sequence(first.Sequences[2])));

        // The agent learns of it when there is something to deliver; a batch without events is enough.
        await stream.OnNextBatchAsync([]);
        await again.HearAsync(3);
        Assert.Equal(["2", "3", "4"], again.Items);
    }

    [Fact]
    public async Task An_event_that_its_observer_refuses_is_handed_to_it_again()
    {
        var stream = fixture.Stream();
        var listener = new Listener { Refusals = 2 };
        await stream.SubscribeAsync(listener);
        await stream.OnNextBatchAsync(["a", "b", "c"]);
        await listener.HearAsync(3);
        Assert.Equal(["a", "b", "c"], listener.Items);
        Assert.Equal(0, listener.Refusals);
    }

    [Fact]
    public async Task A_grain_takes_events_in_its_own_turns()
    {
        var key = Guid.NewGuid().ToString("N");
        var grain = fixture.Cluster.Cluster.Client.GetGrain<ITurnGrain>(key);
        await grain.SubscribeAsync();
        await fixture.Stream(ITurnGrain.Namespace, key).OnNextBatchAsync(Enumerable.Range(0, 100).Select(i => $"{i}"));
        await Listeners.Of(key).HearAsync(100);
        Assert.Equal((100, 0), await grain.CountAsync());
    }

    [Fact]
    public async Task A_grain_hears_the_streams_of_its_namespace_without_having_subscribed()
    {
        var key = Guid.NewGuid().ToString("N");
        var stream = fixture.Stream(ImplicitListenerGrain.Namespace, key);
        await stream.OnNextAsync("a");
        await stream.OnNextBatchAsync(["b", "c"]);
        var listener = Listeners.Of(key);
        await listener.HearAsync(3);
        Assert.Equal(["a", "b", "c"], listener.Items);
    }

    [Fact]
    public async Task A_publisher_may_not_name_the_place() =>
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Stream().OnNextAsync("a", MeshStreamToken.From(Sequence.First)));

    private static string Large(int i) => $"{i} {new string('x', 1000)}";
}
