using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mesh.Engine.Storage;
using Mesh.Orleans;
using Mesh.SiloHost;
using Mesh.Storage.AdoNet;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Mesh.Testing.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.TestSilo;

/// <summary>Gives a silo the test's clock, and stores that go wrong as the test says. A silo whose test is gone ends at once.</summary>
internal sealed class TestControl : IDisposable
{
    /// <summary>How long calls are tried again: a machine with other work takes its time over a start.</summary>
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(60);

    private readonly TcpClient _connection = new() { NoDelay = true };
    private readonly LineCalls _test;
    private readonly PoolSet _pools;
    private ManualClock _clock = new();

    private TestControl(int port)
    {
        _connection.Connect(IPAddress.Loopback, port);
        _test = new LineCalls(_connection.GetStream(), (verb, argument) => new(Move(verb, argument)));
        _pools = new PoolSet(() => throw new NotSupportedException("Only the test makes pools."), LogStores.OpenShared, FaultsOf);
    }

    public static async Task<TestControl> ConnectAsync(int port)
    {
        var control = new TestControl(port);
        control._clock = new ManualClock(new DateTimeOffset(Number(await control._test.CallAsync(ControlVerb.Clock)), TimeSpan.Zero));
        _ = control._test.Ended.ContinueWith(_ => Environment.Exit(0), TaskScheduler.Default);
        return control;
    }

    public void Apply(ISiloBuilder silo, SiloHostOptions options)
    {
        silo.Services.AddSingleton<ILogStore>(_ => new FaultyLogStore(LogStores.Open(options.Data), FaultsOf("")));
        silo.Services.Configure<MeshSiloOptions>(mesh => (mesh.Clock, mesh.OpenPool) = (_clock, _pools.Open));
        silo.Services.Configure<MeshClientOptions>(mesh => (mesh.Clock, mesh.RetryFor) = (_clock, RetryFor));
    }

    public void Dispose()
    {
        _test.Dispose();
        _connection.Dispose();
    }

    private RemoteStoreFaults FaultsOf(string store) => new(_test, store);

    /// <returns>Nothing, once the clock has moved and what was due then has begun.</returns>
    private string Move(string verb, string ticks)
    {
        if (verb == ControlVerb.Advance) _clock.Advance(TimeSpan.FromTicks(Number(ticks)));
        else if (verb == ControlVerb.SetWall) _clock.SetWall(new DateTimeOffset(Number(ticks), TimeSpan.Zero));
        else throw new ArgumentException($"A silo cannot {verb}.");
        return "";
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
