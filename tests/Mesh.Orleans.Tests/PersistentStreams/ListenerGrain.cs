using System.Collections.Concurrent;
using Orleans.Streams.Core;

namespace Mesh.Orleans.Tests.PersistentStreams;

/// <summary>A consumer that lives in the cluster. What it hears goes to the listener of its key, which outlives it, as a consumer's database does.</summary>
public interface IListenerGrain : IGrainWithStringKey
{
    Task<SiloAddress> SubscribeAsync(string key);

    Task<SiloAddress> WhereAsync();
}

/// <summary>Listeners by the keys of their grains, which run in this process.</summary>
internal static class Listeners
{
    private static readonly ConcurrentDictionary<string, Listener> All = new();

    public static Listener Of(string key) => All.GetOrAdd(key, _ => new Listener());
}

/// <summary>Goes on with its subscriptions when it is activated, at no place of its own: the provider keeps that.</summary>
internal sealed class ListenerGrain(ILocalSiloDetails silo) : Grain, IListenerGrain, IStreamSubscriptionObserver
{
    public const string Namespace = "explicit";

    private Listener Listener => Listeners.Of(this.GetPrimaryKeyString());

    public async Task<SiloAddress> SubscribeAsync(string key)
    {
        await this.GetStreamProvider(StreamFixture.Provider).GetStream<string>(StreamId.Create(Namespace, key)).SubscribeAsync(Listener);
        return silo.SiloAddress;
    }

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<string>().ResumeAsync(Listener);
}

/// <summary>Consumes every stream of a namespace without having subscribed.</summary>
public interface IImplicitListenerGrain : IGrainWithStringKey;

[ImplicitStreamSubscription(Namespace)]
internal sealed class ImplicitListenerGrain : Grain, IImplicitListenerGrain, IStreamSubscriptionObserver
{
    public const string Namespace = "implicit";

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<string>().ResumeAsync(Listeners.Of(this.GetPrimaryKeyString()));
}
