using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Streams;

namespace Mesh.Orleans.Streams;

/// <summary>
/// Orleans streams that are kept: each stream is a partition named <c>namespace/key</c>, each event a record. An event is durable when its task ends, and a
/// subscription may begin at any event kept, by sequence (<see cref="MeshSequenceToken"/>) or by time (<see cref="MeshTimeToken"/>); without a token it begins
/// with what comes next. A subscription lives as long as the activation or the process that made it: keep the last token, and subscribe with it again.
/// Thread-safe.
/// </summary>
internal sealed class MeshStreamProvider(string name, string project, IServiceProvider services) : IStreamProvider
{
    private readonly IMesh _mesh = services.GetRequiredService<IMesh>();
    private readonly Serializer _serializer = services.GetRequiredService<Serializer>();
    private readonly IGrainContextAccessor? _context = services.GetService<IGrainContextAccessor>();
    private readonly ConcurrentDictionary<object, (StreamId Stream, GrainId? Grain)> _subscriptions = new();

    public string Name { get; } = name;

    public bool IsRewindable => true;

    /// <summary>The activation whose turn this is; null outside of grains.</summary>
    public IGrainContext? Here => _context?.GrainContext is { } context && !context.GrainId.IsClient() ? context : null;

    public IAsyncStream<T> GetStream<T>(StreamId streamId)
    {
        var partition = _mesh.Partition(StreamName.Partition($"{streamId.GetNamespace()}/{streamId.GetKeyAsString()}", project));
        return new MeshStream<T>(this, streamId, partition, new EventCodec<T>(_serializer));
    }

    public void Add<T>(MeshSubscription<T> subscription) => _subscriptions[subscription] = (subscription.StreamId, subscription.Grain);

    public void Remove<T>(MeshSubscription<T> subscription) => _subscriptions.TryRemove(subscription, out _);

    /// <summary>The subscriptions to a stream that this activation has, or, outside of grains, this process.</summary>
    public List<StreamSubscriptionHandle<T>> Find<T>(StreamId stream)
    {
        var place = (stream, Here?.GrainId);
        return [.. _subscriptions.Where(each => each.Value == place).Select(each => each.Key).OfType<MeshSubscription<T>>()];
    }
}
