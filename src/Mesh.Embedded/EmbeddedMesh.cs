using Mesh.Engine;
using Mesh.Engine.Channels;
using Mesh.Engine.Commit;
using Mesh.Engine.Partitions;
using Mesh.Engine.Pools;
using Mesh.Engine.Queues;
using Mesh.Engine.Rings;
using Mesh.Engine.Rooms;
using Mesh.Engine.Schedules;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Engine.Time;

namespace Mesh.Embedded;

/// <summary>
/// A mesh within this process: every stream's actor is here, and one thread writes what they have to commit. The handles it gives are the actors themselves.
/// The store stays its owner's, to be disposed of after the mesh.
/// </summary>
public sealed class EmbeddedMesh : IMesh, IAsyncDisposable
{
    private readonly EmbeddedMeshOptions _options;
    private readonly EngineContext _engine;
    private readonly Registry<StreamName, StreamKeeper> _actors;
    private readonly RoomDirectory _rooms;
    private readonly RoomHistories _histories;
    private readonly CancellationTokenSource _stop = new();
    private readonly PoolStores _pools;
    private readonly Thread _writer;
    private readonly Task _maintaining;
    private readonly Task _scheduling;

    private EmbeddedMesh(ILogStore store, EmbeddedMeshOptions options, TimeProvider clock)
    {
        _options = options;
        var pump = new CommitPump(store, options.Commit);
        var engine = new EngineContext(store, pump, new SteadyClock(clock), options.Engine, WarnOfDamage);
        _actors = new Registry<StreamName, StreamKeeper>(Create, options.ActorsMax);
        _pools = new PoolStores(engine.Home, engine.Clock, Lend(options), _stop.Token, _stop.Token);
        _engine = engine with { Pools = _pools, DeadLetters = Queue };
        var maintenance = new Maintenance(store, _engine.Clock, () => Maintained().Where(stream => stream.IsAt(engine.Home)), WakeAsync, options.Warn);
        _engine.OnExpired = maintenance.OnDeleted;
        _rooms = new RoomDirectory(name => (RoomLog)_actors.Get(name));
        _histories = new RoomHistories(_rooms, store);
        Catalogue = new EmbeddedCatalogue(store, name => _actors.Get(name), maintenance.OnDeleted, _histories);
        Pools = new PoolDirectory(_pools, Catalogue);
        Nodes = new EmbeddedNodes(clock, options.NodesPerRoom);
        _writer = new Thread(() => pump.Run(_stop.Token)) { Name = "mesh-commit", IsBackground = true };
        _writer.Start();
        _maintaining = maintenance.RunAsync(options.MaintenanceInterval, _stop.Token);
        var book = new ScheduleBook(this, engine.Clock);
        Schedules = book;
        _scheduling = new ScheduleRunner(this, book, engine.Clock, options.Warn).RunAsync(_stop.Token);
    }

    public ICatalogue Catalogue { get; }

    public IRooms Rooms => _rooms;

    public INodes Nodes { get; }

    public IPools Pools { get; }

    public ISchedules Schedules { get; }

    /// <summary>Brings the store's schema up to date and starts.</summary>
    /// <exception cref="StorageUnavailableException">The store cannot be used; the text says why.</exception>
    public static async Task<EmbeddedMesh> StartAsync(ILogStore store, EmbeddedMeshOptions? options = null, TimeProvider? clock = null)
    {
        await store.MigrateAsync();
        var mesh = new EmbeddedMesh(store, options ?? new EmbeddedMeshOptions(), clock ?? TimeProvider.System);
        await mesh._histories.LoadAsync();
        return mesh;
    }

    public IChannel Channel(StreamName name) => Actor<ChannelActor>(name, StreamKind.Channel);

    public IQueue Queue(StreamName name) => Actor<QueueActor>(name, StreamKind.Queue);

    public IRing Ring(StreamName name) => Actor<RingActor>(name, StreamKind.Ring).Gated;

    public IPartition Partition(StreamName name) => Actor<PartitionActor>(name, StreamKind.Partition);

    public IGroupedLog Room(StreamName name) => Actor<RoomLog>(name, StreamKind.Room);

    /// <summary>Commits everything accepted so far, and refuses what comes later.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await Task.Run(_writer.Join);
        await Task.WhenAll(_maintaining, _scheduling);
        await _pools.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>The streams in use: those that somebody waits at are, however long ago anything else was asked of them.</summary>
    private IEnumerable<StreamKeeper> Maintained() => _actors.Recent().Union(_engine.Awaited.Keys);

    private TActor Actor<TActor>(in StreamName name, StreamKind kind)
        where TActor : StreamKeeper =>
        name.Kind == kind ? (TActor)_actors.Get(name) : throw new ArgumentException($"{name} is no {kind}.", nameof(name));

    private StreamKeeper Create(StreamName name) => name.Kind switch
    {
        StreamKind.Channel => new ChannelActor(name, _engine),
        StreamKind.Queue => new QueueActor(name, _engine, Queue),
        StreamKind.Ring => new RingActor(name, _engine),
        StreamKind.Partition => new PartitionActor(name, _engine),
        StreamKind.Room => new RoomLog(name, _engine, _histories),
        _ => throw new ArgumentException($"There is no stream of kind {name.Kind}.", nameof(name)),
    };

    private PoolHost Lend(EmbeddedMeshOptions options) => new()
    {
        Open = options.OpenPool,
        Commit = options.Commit,
        MaintenanceInterval = options.MaintenanceInterval,
        Streams = Maintained,
        Wake = WakeAsync,
        Warn = options.Warn,
        RunOnThread = static run => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
    };

    private Task WakeAsync(StreamName name, CancellationToken stop) => _actors.Get(name).MaintainAsync(opens: true).AsTask();

    private void WarnOfDamage(StreamName stream, DamagedBatch damaged) =>
        _options.Warn($"Records {damaged.First} to {damaged.First.Plus(damaged.Count - 1)} of {stream} are damaged in storage and were skipped: {damaged.Reason}");
}
