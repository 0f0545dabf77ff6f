using System.Collections.Concurrent;
using Mesh.Engine;
using Mesh.Engine.Commit;
using Mesh.Engine.Pools;
using Mesh.Engine.Schedules;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Engine.Time;
using Mesh.Orleans.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mesh.Orleans.Silo;

/// <summary>
/// What all grains of one silo share: the store, the clock, and the thread that writes what their actors have to commit. Starts before grains are
/// activated and stops after the last is gone. Thread-safe.
/// </summary>
internal sealed partial class SiloEngine : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly MeshSiloOptions _options;
    private readonly ILogger<SiloEngine> _log;
    private readonly ConcurrentDictionary<StreamKeeper, bool> _active = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly CommitPump _pump;
    private readonly Maintenance _maintenance;
    private readonly IServiceProvider _services;
    private Thread? _writer;
    private Task _maintaining = Task.CompletedTask;

    public SiloEngine(ILogStore store, IOptions<MeshSiloOptions> options, ILogger<SiloEngine> log, IServiceProvider services)
    {
        _services = services;
        _options = options.Value;
        _log = log;
        _pump = new CommitPump(store, _options.Commit);
        var context = new EngineContext(store, _pump, new SteadyClock(_options.Clock), _options.Engine, WarnOfDamage);
        Pools = new PoolStores(context.Home, context.Clock, Lend(), _stop.Token, _leaving.Token);
        Context = context with { Pools = Pools, DeadLetters = queue => services.GetRequiredService<IMesh>().Queue(queue) };
        _maintenance = new Maintenance(store, context.Clock, () => _active.Keys.Where(stream => stream.IsAt(context.Home)), WakeAsync, Warn);
        Context.OnExpired = OnDeleted;
    }

    public EngineContext Context { get; }

    public TimeSpan QueueReminderPeriod => _options.QueueReminderPeriod;

    public PoolStores Pools { get; }

    /// <summary>A grain holds this actor from now on.</summary>
    public void Enter(StreamKeeper actor) => _active[actor] = true;

    public void Leave(StreamKeeper actor) => _active.TryRemove(actor, out _);

    /// <summary>A stream was deleted: what it held goes with the next maintenance.</summary>
    public void OnDeleted() => _maintenance.OnDeleted();

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe<SiloEngine>(ServiceLifecycleStage.RuntimeInitialize, StartAsync, StopAsync);
        lifecycle.Subscribe<SiloEngine>(ServiceLifecycleStage.Active, BeginToMaintain, _ => EndMaintenanceAsync());
    }

    public void Dispose()
    {
        _leaving.Dispose();
        _stop.Dispose();
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        await Context.Store.MigrateAsync(cancel);
        _writer = new Thread(() => _pump.Run(_stop.Token)) { Name = "mesh-commit", IsBackground = true };
        _writer.Start();
    }

    /// <summary>From now on, and until the silo leaves, grains can be called from here.</summary>
    private Task BeginToMaintain(CancellationToken cancel)
    {
        var mesh = _services.GetRequiredService<OrleansMesh>();
        var schedules = new ScheduleRunner(mesh, mesh.Schedules, Context.Clock, Warn);
        _maintaining = Task.Run(
            () => Task.WhenAll(_maintenance.RunAsync(_options.MaintenanceInterval, _leaving.Token), schedules.RunAsync(_leaving.Token)), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Before grains go: a call that is on its way then is never answered, and whoever waits for it keeps the silo from ending.</summary>
    private async Task EndMaintenanceAsync()
    {
        await _leaving.CancelAsync();
        await _maintaining;
    }

    private async Task StopAsync(CancellationToken cancel)
    {
        await _stop.CancelAsync();
        if (_writer is { } writer) await Task.Run(writer.Join, CancellationToken.None);
        await _maintaining;
        await Pools.DisposeAsync();
    }

    private PoolHost Lend() => new()
    {
        Open = _options.OpenPool,
        Commit = _options.Commit,
        MaintenanceInterval = _options.MaintenanceInterval,
        Streams = () => _active.Keys,
        Wake = WakeAsync,
        Warn = Warn,
        RunOnThread = static run => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
    };

    private void Warn(string reason) => LogMaintenanceWaits(_log, reason);

    /// <summary>Whoever asks for a stream wakes its grain, here or elsewhere, and the next maintenance there deletes what is due.</summary>
    private Task WakeAsync(StreamName name, CancellationToken stop) => _services.GetRequiredService<IMesh>().Catalogue.FindAsync(name, stop).AsTask().WaitAsync(stop);

    private void WarnOfDamage(StreamName stream, DamagedBatch damaged) =>
        LogDamage(_log, damaged.First, damaged.First.Plus(damaged.Count - 1), stream, damaged.Reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private static partial void LogMaintenanceWaits(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Records {First} to {Last} of {Stream} are damaged in storage and were skipped: {Reason}")]
    private static partial void LogDamage(ILogger log, Sequence first, Sequence last, StreamName stream, string reason);
}
