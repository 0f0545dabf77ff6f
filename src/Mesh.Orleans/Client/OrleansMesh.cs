using Mesh.Engine.Streams;
using Mesh.Orleans.Grains;
using Microsoft.Extensions.Options;

namespace Mesh.Orleans.Client;

/// <summary>The mesh that a cluster's silos hold, for a client of theirs or for what runs beside a silo. Thread-safe.</summary>
internal sealed class OrleansMesh : IMesh
{
    private readonly IGrainFactory _grains;
    private readonly MeshClientOptions _options;
    private readonly ClusterChanges _changes;
    private readonly StreamRegistry<StreamHandle> _handles;

    public OrleansMesh(IGrainFactory grains, IOptions<MeshClientOptions> options, ClusterChanges changes)
    {
        _grains = grains;
        _options = options.Value;
        _changes = changes;
        _handles = new StreamRegistry<StreamHandle>(Create, _options.StreamsMax);
        Catalogue = new OrleansCatalogue(name => _handles.Get(name), grains.GetGrain<ICatalogueGrain>(0), new Patience(_options.RetryFor));
    }

    public ICatalogue Catalogue { get; }

    public IRooms Rooms { get; } = new Engine.Rooms.RoomDirectory();

    public IChannel Channel(StreamName name) => Handle<ChannelHandle>(name, StreamKind.Channel);

    public IQueue Queue(StreamName name) => Handle<QueueHandle>(name, StreamKind.Queue);

    public IRing Ring(StreamName name) => Handle<RingHandle>(name, StreamKind.Ring);

    public IPartition Partition(StreamName name) => Handle<PartitionHandle>(name, StreamKind.Partition);

    private THandle Handle<THandle>(in StreamName name, StreamKind kind)
        where THandle : StreamHandle =>
        name.Kind == kind ? (THandle)_handles.Get(name) : throw new ArgumentException($"{name} is no {kind}.", nameof(name));

    private StreamHandle Create(StreamName name) => name.Kind switch
    {
        StreamKind.Channel => new ChannelHandle(name, Grain<IChannelGrain>(name), _options, _changes),
        StreamKind.Queue => new QueueHandle(name, Grain<IQueueGrain>(name), _options, _changes),
        StreamKind.Ring => new RingHandle(name, Grain<IRingGrain>(name), _options, _changes),
        StreamKind.Partition => new PartitionHandle(name, Grain<IPartitionGrain>(name), _options, _changes),
        _ => throw new ArgumentException($"A {name.Kind} keeps no log."),
    };

    private TGrain Grain<TGrain>(in StreamName name)
        where TGrain : IGrainWithStringKey =>
        _grains.GetGrain<TGrain>(StreamKey.Of(name));
}
