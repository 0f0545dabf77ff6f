using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Streams;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>
/// Orleans streams over partitions. Orleans' own persistent provider is used as it is, its pulling agents, balancing, subscriptions and implicit subscribers:
/// its agent asks consumers for their place and hands it to the cache, which makes the provider rewindable if the cache can go to any place, and this one can,
/// for it reads the partition again. What the agent lacks for our promises is added around it: a record makes it look after a stream that somebody has
/// subscribed to (<see cref="SubscriptionWatch"/>), and what was delivered is written down (<see cref="CheckpointLog"/>). Thread-safe.
/// </summary>
internal sealed class MeshQueueAdapter : IQueueAdapter, IQueueAdapterFactory, IQueueAdapterCache
{
    private readonly IMesh _mesh;
    private readonly MeshPersistentStreamOptions _options;
    private readonly EventCodec _codec;
    private readonly HashRingBasedStreamQueueMapper _mapper;
    private readonly ConcurrentDictionary<QueueId, PartitionCache> _caches = new();
    private readonly int _deliveredTogether;

    private MeshQueueAdapter(string name, IMesh mesh, MeshPersistentStreamOptions options, Serializer serializer, int deliveredTogether)
    {
        Name = name;
        _mesh = mesh;
        _options = options;
        _codec = new EventCodec(serializer);
        _mapper = new HashRingBasedStreamQueueMapper(new HashRingStreamQueueMapperOptions { TotalQueueCount = options.Partitions }, name);
        _deliveredTogether = deliveredTogether;
    }

    public string Name { get; }

    public bool IsRewindable => true;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public static MeshQueueAdapter Create(IServiceProvider services, string name)
    {
        var mesh = services.GetService<IMesh>() ?? throw new OrleansConfigurationException($"The Mesh streams \"{name}\" need a mesh: call AddMesh too.");
        var options = services.GetRequiredService<IOptionsMonitor<MeshPersistentStreamOptions>>().Get(name);
        options.Check(name);
        var agents = services.GetRequiredService<IOptionsMonitor<StreamPullingAgentOptions>>().Get(name);
        return new MeshQueueAdapter(name, mesh, options, services.GetRequiredService<Serializer>(), Math.Max(1, agents.BatchContainerBatchSize));
    }

    /// <summary>Answers when the events are durable. They stand next to one another, all or none; no event at all makes the stream's consumers be asked for their place.</summary>
    /// <exception cref="ArgumentException">The publisher gave a token: the log gives the places. Or the batch is too large.</exception>
    /// <exception cref="StorageUnavailableException">Not stored in time; whether it is, may be unknown.</exception>
    public async Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        if (token is not null) throw new ArgumentException($"The log gives each event its place: publish without a token, not with {token}.", nameof(token));
        var segment = _codec.Encode(streamId, events, requestContext);
        var partition = _mesh.Partition(PartitionOf(_mapper.GetQueueForStream(streamId)));
        for (var giveUpAt = Environment.TickCount64 + (long)_options.PublishFor.TotalMilliseconds; ;)
        {
            switch (await partition.AppendAsync(segment))
            {
                case AppendResult.Appended or AppendResult.Duplicate:
                    return;
                case AppendResult.Busy busy when Environment.TickCount64 < giveUpAt:
                    await Task.Delay(busy.RetryAfter);
                    break;
                case AppendResult.TooLarge large:
                    throw new ArgumentException($"The events take {segment.Length} bytes; {large.SegmentBytesMax} is the most for one call.", nameof(events));
                case var refused:
                    throw new StorageUnavailableException($"The events for {streamId} were not stored: {refused}. Publish them again.");
            }
        }
    }

    public IQueueCache CreateQueueCache(QueueId queueId) =>
        _caches[queueId] = new PartitionCache(_mesh.Partition(PartitionOf(queueId)), _codec, _options, _deliveredTogether);

    /// <summary>The agent has asked for its cache just before.</summary>
    public IQueueAdapterReceiver CreateReceiver(QueueId queueId)
    {
        var partition = PartitionOf(queueId);
        var checkpoints = new CheckpointLog(_mesh.Ring(partition with { Kind = StreamKind.Ring }), _codec.Serializer);
        return new PartitionReceiver(_caches[queueId], checkpoints, cancel => EnsureAsync(partition, cancel), _options.CheckpointInterval);
    }

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());

    private StreamName PartitionOf(QueueId queue) => StreamName.Partition($"orleans/{Name}/{queue.GetNumericId()}", _options.Project);

    /// <summary>A publisher may have made it before with no options.</summary>
    private async Task EnsureAsync(StreamName partition, CancellationToken cancel)
    {
        if (await _mesh.Catalogue.CreateAsync(partition, _options.Stream, default, cancel)) return;
        if (await _mesh.Catalogue.FindAsync(partition, cancel) is { } entry && entry.Options != _options.Stream)
            await _mesh.Catalogue.UpdateAsync(partition, _options.Stream, entry.Metadata, cancel);
    }
}
