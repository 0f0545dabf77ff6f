using System.Collections.Concurrent;
using Mesh.Engine;
using Mesh.Engine.Commit;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Engine.Time;
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
    private readonly ConcurrentDictionary<StreamOwner, bool> _active = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly CommitPump _pump;
    private readonly RetentionSweep _sweep;
    private readonly IServiceProvider _services;
    private volatile IMesh? _mesh;
    private Thread? _writer;
    private Task _maintenance = Task.CompletedTask;
    private int _hasDropped = 1;

    public SiloEngine(ILogStore store, IOptions<MeshSiloOptions> options, ILogger<SiloEngine> log, IServiceProvider services)
    {
        _services = services;
        _options = options.Value;
        _log = log;
        _pump = new CommitPump(store, _options.Commit);
        Context = new EngineContext(store, _pump, new SteadyClock(_options.Clock), _options.Engine, WarnOfDamage);
        _sweep = new RetentionSweep(store, Context.Clock);
    }

    public EngineContext Context { get; }

    /// <summary>The silo is about to give its grains up: whoever waits at one should ask elsewhere, for a grain with a call under way cannot leave.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>A grain holds this actor from now on.</summary>
    public void Enter(StreamOwner actor) => _active[actor] = true;

    public void Leave(StreamOwner actor) => _active.TryRemove(actor, out _);

    /// <summary>A stream was deleted: what it held goes with the next maintenance.</summary>
    public void OnDeleted() => Volatile.Write(ref _hasDropped, 1);

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe<SiloEngine>(ServiceLifecycleStage.RuntimeInitialize, StartAsync, StopAsync);
        lifecycle.Subscribe<SiloEngine>(ServiceLifecycleStage.Active, BeginToCall, _ => _leaving.CancelAsync());
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
        _maintenance = Task.Run(MaintainAsync, CancellationToken.None);
    }

    /// <summary>From now on grains can be called from here.</summary>
    private Task BeginToCall(CancellationToken cancel)
    {
        _mesh = _services.GetRequiredService<IMesh>();
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancel)
    {
        await _stop.CancelAsync();
        if (_writer is { } writer) await Task.Run(writer.Join, CancellationToken.None);
        await _maintenance;
    }

    private async Task MaintainAsync()
    {
        using var timer = new PeriodicTimer(_options.MaintenanceInterval, _options.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await MaintainOnceAsync();
                }
                catch (Exception reason) when (reason is StorageUnavailableException or StreamFencedException)
                {
                    LogMaintenanceWaits(_log, reason.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task MaintainOnceAsync()
    {
        foreach (var (actor, _) in _active) await actor.MaintainAsync();
        await SweepAsync();
        if (Interlocked.Exchange(ref _hasDropped, 0) == 0) return;
        while (!_stop.IsCancellationRequested && await Context.Store.ReclaimAsync(_stop.Token))
        {
        }
    }

    /// <summary>Whoever asks for a stream wakes its grain, here or elsewhere, and the next maintenance there deletes what is due.</summary>
    private async Task SweepAsync()
    {
        if (_mesh is not { } mesh) return;
        foreach (var name in await _sweep.NextAsync(_leaving.Token)) await mesh.Catalogue.FindAsync(name, _leaving.Token).AsTask().WaitAsync(_leaving.Token);
    }

    private void WarnOfDamage(StreamName stream, DamagedBatch damaged) =>
        LogDamage(_log, damaged.First, damaged.First.Plus(damaged.Count - 1), stream, damaged.Reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Maintenance waits for the storage: {Reason}")]
    private static partial void LogMaintenanceWaits(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Records {First} to {Last} of {Stream} are damaged in storage and were skipped: {Reason}")]
    private static partial void LogDamage(ILogger log, Sequence first, Sequence last, StreamName stream, string reason);
}
