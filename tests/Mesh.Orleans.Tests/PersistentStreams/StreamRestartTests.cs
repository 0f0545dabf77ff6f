using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Orleans.Tests.PersistentStreams;

/// <summary>All silos end and others start over the same database, which has the subscriptions too.</summary>
public sealed class StreamRestartTests : IAsyncLifetime
{
    private readonly StreamFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [PostgresFact]
    public async Task A_subscription_in_the_database_is_heard_after_all_silos_have_restarted()
    {
        await _fixture.InitializeOnPostgresAsync();
        var key = Guid.NewGuid().ToString("N");
        await _fixture.Cluster.Cluster.Client.GetGrain<IListenerGrain>(key).SubscribeAsync(key);
        await PublishAsync(key, 0, 10);
        await Listeners.Of(key).HearAsync(10);
        await _fixture.Cluster.RestartAsync();
        await PublishAsync(key, 10, 20);
        await Listeners.Of(key).HearAsync(20);
        Assert.Equal(Enumerable.Range(0, 20), Listeners.Of(key).Items.ConvertAll(int.Parse).Distinct());
    }

    private async Task PublishAsync(string key, int from, int until)
    {
        for (var i = from; i < until; i++) await _fixture.Stream(ListenerGrain.Namespace, key).OnNextAsync($"{i}");
    }
}
