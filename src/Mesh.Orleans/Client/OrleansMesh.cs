using Mesh.Engine.Schedules;
using Mesh.Engine.Streams;
using Mesh.Engine.Time;
using Mesh.Orleans.Grains;
using Mesh.Orleans.Nodes;
using Microsoft.Extensions.Options;

namespace Mesh.Orleans.Client;

/// <summary>The mesh that a cluster's silos hold, for a client of theirs or for what runs beside a silo. Thread-safe.</summary>
internal sealed class OrleansMesh : IMesh
{
    private readonly IGrainFactory _grains;
    private readonly HandleContext _context;
    private readonly Registry<StreamName, StreamHandle> _handles;
    private readonly OrleansRooms _rooms;

    public OrleansMesh(IGrainFactory grains, IOptions<MeshClientOptions> options, ClusterChanges changes, ILocalSiloDetails? silo = null)
    {
        _grains = grains;
        var patience = new Patience(options.Value.RetryFor, changes);
        _context = new HandleContext(options.Value, changes, patience, new SenderNumbers(), new SenderNumbers());
        _handles = new Registry<StreamName, StreamHandle>(Create, options.Value.StreamsMax);
        _rooms = new OrleansRooms(grains, _context, silo?.SiloAddress);
        Nodes = new OrleansNodes(grains.GetGrain<INodesGrain>(0), patience);
        Schedules = new ScheduleBook(this, new SteadyClock(options.Value.Clock));
        Pools = new OrleansPools(grains.GetGrain<IPoolsGrain>(0), patience);
        Catalogue = new OrleansCatalogue(name => _handles.Get(name), grains.GetGrain<ICatalogueGrain>(0), patience);
    }

    public ICatalogue Catalogue { get; }

    public IRooms Rooms => _rooms;

    public INodes Nodes { get; }

    public IPools Pools { get; }

    public ScheduleBook Schedules { get; }

    ISchedules IMesh.Schedules => Schedules;

    public IChannel Channel(StreamName name) => Handle<ChannelHandle>(name, StreamKind.Channel);

    public IQueue Queue(StreamName name) => Handle<QueueHandle>(name, StreamKind.Queue);

    public IRing Ring(StreamName name) => Handle<RingHandle>(name, StreamKind.Ring);

    public IPartition Partition(StreamName name) => Handle<PartitionHandle>(name, StreamKind.Partition);

    public IGroupedLog Room(StreamName name) => Handle<RoomLogHandle>(name, StreamKind.Room);

    /// <inheritdoc cref="OrleansRooms.LeaveAsync"/>
    public Task LeaveAsync(TimeSpan timeMax) => _rooms.LeaveAsync(timeMax);

    private THandle Handle<THandle>(in StreamName name, StreamKind kind)
        where THandle : StreamHandle =>
        name.Kind == kind ? (THandle)_handles.Get(name) : throw new ArgumentException($"{name} is no {kind}.", nameof(name));

    private StreamHandle Create(StreamName name) => name.Kind switch
    {
        StreamKind.Channel => new ChannelHandle(name, Grain<IChannelGrain>(name), _context),
        StreamKind.Queue => new QueueHandle(name, Grain<IQueueGrain>(name), _context),
        StreamKind.Ring => new RingHandle(name, Grain<IRingGrain>(name), _context),
        StreamKind.Partition => new PartitionHandle(name, Grain<IPartitionGrain>(name), _context),
        StreamKind.Room => new RoomLogHandle(name, Grain<IRoomLogGrain>(name), _context),
        _ => throw new ArgumentException($"There is no stream of kind {name.Kind}."),
    };

    private TGrain Grain<TGrain>(in StreamName name)
        where TGrain : IGrainWithStringKey =>
        _grains.GetGrain<TGrain>(StreamKey.Of(name));
}
