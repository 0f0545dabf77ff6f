using Xunit;

namespace Mesh.Orleans.Tests.PersistentStreams;

/// <summary>Silos die and the cluster restarts; consumers hear everything, though some of it perhaps twice.</summary>
public sealed class StreamFailoverTests : IAsyncLifetime
{
    private readonly StreamFixture _fixture = new();

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_consumer_whose_silo_is_killed_hears_everything_in_order()
    {
        var keys = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        var grains = _fixture.Cluster.Cluster.Client;
        foreach (var key in keys) await grains.GetGrain<IListenerGrain>(key).SubscribeAsync(key);
        await PublishAsync(keys, 0, 20);
        await HearAsync(keys, 20);
        await _fixture.Cluster.Cluster.KillSiloAsync(_fixture.Cluster.Cluster.Silos[1]);
        await PublishAsync(keys, 20, 40);
        await HearAsync(keys, 40);
        AssertAllInOrder(keys, 40);
    }

    [Fact]
    public async Task A_subscription_of_a_client_goes_on_when_a_silo_is_killed()
    {
        var key = Guid.NewGuid().ToString("N");
        await _fixture.Stream(ListenerGrain.Namespace, key).SubscribeAsync(Listeners.Of(key));
        await PublishAsync([key], 0, 50);
        await _fixture.Cluster.Cluster.KillSiloAsync(_fixture.Cluster.Cluster.Silos[0]);
        await PublishAsync([key], 50, 100);
        await HearAsync([key], 100);
        AssertAllInOrder([key], 100);
    }

    [Fact]
    public async Task A_consumer_that_was_away_hears_what_was_published_meanwhile()
    {
        List<string> keys = [Guid.NewGuid().ToString("N")];
        await _fixture.Cluster.Cluster.Client.GetGrain<IListenerGrain>(keys[0]).SubscribeAsync(keys[0]);
        await PublishAsync(keys, 0, 10);
        await HearAsync(keys, 10);
        await _fixture.Cluster.RestartAsync();
        await PublishAsync(keys, 10, 20);
        await HearAsync(keys, 20);
        AssertAllInOrder(keys, 20);
    }

    [Fact]
    public async Task Consumers_that_are_behind_when_a_silo_is_killed_miss_nothing()
    {
        var gate = new TaskCompletionSource();
        var keys = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        var grains = _fixture.Cluster.Cluster.Client;
        foreach (var key in keys) await grains.GetGrain<IListenerGrain>(key).SubscribeAsync(key);
        await PublishAsync(keys, 0, 10);
        await HearAsync(keys, 10);
        foreach (var key in keys) Listeners.Of(key).Gate = gate.Task;
        await PublishAsync(keys, 10, 30);
        await _fixture.Cluster.Cluster.KillSiloAsync(_fixture.Cluster.Cluster.Silos[0]);
        gate.SetResult();
        await HearAsync(keys, 30);
        AssertAllInOrder(keys, 30);
    }

    private async Task PublishAsync(List<string> keys, int from, int until)
    {
        for (var i = from; i < until; i++)
            foreach (var key in keys) await _fixture.Stream(ListenerGrain.Namespace, key).OnNextAsync($"{i}");
    }

    private static async Task HearAsync(List<string> keys, int count)
    {
        foreach (var key in keys) await Listeners.Of(key).HearAsync(count);
    }

    /// <summary>Whatever is heard again is heard in order too: only a step back is a repetition.</summary>
    private static void AssertAllInOrder(List<string> keys, int count)
    {
        foreach (var key in keys)
        {
            var heard = Listeners.Of(key).Items.ConvertAll(int.Parse);
            Assert.Equal(Enumerable.Range(0, count), heard.Distinct());
            Assert.All(heard.Zip(heard.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1, $"{pair.First} was followed by {pair.Second}."));
        }
    }
}
