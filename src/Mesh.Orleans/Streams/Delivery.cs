using Orleans.Streams;

namespace Mesh.Orleans.Streams;

/// <summary>How events reach a subscriber, one by one or together.</summary>
/// <param name="Next">Takes events, at most <paramref name="ItemsMax"/>.</param>
/// <param name="Error">Hears why the subscription ended.</param>
/// <param name="ItemsMax">Events in one call.</param>
internal sealed record Delivery<T>(Func<IList<SequentialItem<T>>, Task> Next, Func<Exception, Task> Error, int ItemsMax)
{
    /// <summary>One call for each event, in order.</summary>
    public static Delivery<T> To(IAsyncObserver<T> observer) => new(items => observer.OnNextAsync(items[0].Item, items[0].Token), observer.OnErrorAsync, ItemsMax: 1);

    /// <summary>One call for many events.</summary>
    public static Delivery<T> To(IAsyncBatchObserver<T> observer) => new(observer.OnNextAsync, observer.OnErrorAsync, ItemsMax: 1000);
}
