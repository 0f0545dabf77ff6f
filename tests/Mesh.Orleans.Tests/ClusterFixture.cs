using Mesh.Contracts.Tests;
using Mesh.Engine.Storage;
using Mesh.Orleans.Grains;
using Mesh.Orleans.Rooms;
using Mesh.Testing;
using Mesh.Testing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Mesh.Orleans.Tests;

/// <summary>A cluster of silos in this process that share one store, and a client of it. What passes between them is serialized.</summary>
internal sealed class ClusterFixture : IMeshFixture
{
    /// <summary>How long calls are tried again: a machine with other work takes its time over a failover.</summary>
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(60);

    /// <summary>A busy machine is not a dead silo: what dies is found dead by its probes, and calls to it are then made again at once.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A silo makes room for a million grains, if it is not told that there are few: with a cluster a test, that is most of the memory.</summary>
    private const int StreamsMax = 10_000;

    private static readonly string[] LosableCalls =
        [
            nameof(IStreamGrain.AppendManyAsync), nameof(IStreamGrain.CreateAsync), nameof(IQueueGrain.ClaimOnceAsync), nameof(IQueue.DeleteAsync), nameof(IRoomGrain.PublishAsync),
            nameof(IRing.SetPositionAsync), nameof(IRing.TrimToCountAsync),
        ];

    /// <summary>Grain storage and reminders of a database belong to a service: another one finds nothing there. So it is the same after a restart.</summary>
    private readonly string _service = Guid.NewGuid().ToString("N");

    private readonly IDisposable? _data;
    private readonly short _silos;
    private readonly Action<ISiloBuilder>? _configureSilo;
    private readonly Action<IClientBuilder>? _configureClient;
    private int _answersToLose;

    private ClusterFixture(ILogStore store, IDisposable? data, short silos, Action<ISiloBuilder>? configureSilo, Action<IClientBuilder>? configureClient)
    {
        _configureSilo = configureSilo;
        _configureClient = configureClient;
        Store = new FaultyLogStore(store);
        _data = data;
        _silos = silos;
    }

    public IMesh Mesh => Cluster.Client.ServiceProvider.GetRequiredService<IMesh>();

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public ManualClock Clock { get; } = new();

    public FaultyLogStore Store { get; }

    public PoolSet Pools { get; init; } = PoolSet.InMemory();

    /// <param name="store">Goes with the fixture.</param>
    /// <param name="data">Where the store keeps what it keeps; goes after it.</param>
    /// <param name="silos">How many.</param>
    /// <param name="configureSilo">What else each silo has.</param>
    /// <param name="configureClient">What else the client has.</param>
    public static async Task<ClusterFixture> StartAsync(
        ILogStore store, IDisposable? data = null, short silos = 2, Action<ISiloBuilder>? configureSilo = null, Action<IClientBuilder>? configureClient = null)
    {
        var fixture = new ClusterFixture(store, data, silos, configureSilo, configureClient);
        await fixture.DeployAsync();
        return fixture;
    }

    /// <summary>The next answers to appends, creations, claims, deletions, publishes and changes of rings are lost on their way, as when the silo dies after it has stored them.</summary>
    public void LoseAnswers(int count) => Volatile.Write(ref _answersToLose, count);

    public async Task RestartAsync()
    {
        await EndAsync();
        await DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Store.DisposeAsync();
        _data?.Dispose();
    }

    /// <summary>As a crash: nobody says goodbye. What is only disposed of stays in memory for good, known to the process as a cluster that runs.</summary>
    private async Task EndAsync()
    {
        foreach (var silo in Cluster.Silos.ToArray()) await Cluster.KillSiloAsync(silo);
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
    }

    private async Task DeployAsync()
    {
        var builder = new InProcessTestClusterBuilder(_silos);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.ServiceId = _service;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMesh(Store, options => (options.Clock, options.OpenPool, options.RoomAnswerMax) = (Clock, Pools.Open, RetryFor));
            silo.DetectFailuresFast().Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            silo.AddIncomingGrainCallFilter(LoseAnswerAsync);
            silo.Services.Configure<GrainDirectoryOptions>(options => options.CacheSize = StreamsMax);
            silo.Services.Configure<MeshClientOptions>(Configure);
            _configureSilo?.Invoke(silo);
        });
        builder.ConfigureClient(client =>
        {
            client.AddMesh(Configure).DetectFailuresFast().Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            _configureClient?.Invoke(client);
        });
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    private void Configure(MeshClientOptions options)
    {
        options.Clock = Clock;
        options.RetryFor = RetryFor;
    }

    private async Task LoseAnswerAsync(IIncomingGrainCallContext call)
    {
        await call.Invoke();
        if (LosableCalls.Contains(call.MethodName) && Interlocked.Decrement(ref _answersToLose) >= 0)
            throw new SiloUnavailableException("The test lost the answer.");
    }
}
