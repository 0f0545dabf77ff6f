using System.Diagnostics;
using System.Globalization;
using Mesh.Contracts.Tests;
using Mesh.Gateway;
using Mesh.Hosting.Options;
using Mesh.Orleans;
using Mesh.Storage.AdoNet;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Mesh.Testing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Mesh.Cluster.Tests.Contracts;

/// <summary>
/// Two silos as processes over PostgreSQL, with a clock that tests move and stores that tests make go wrong. They live on from test to test; each test finds
/// them empty, with a client of its own.
/// </summary>
public sealed class TestSilos : IAsyncLifetime
{
    public const string Collection = "Test silos";

    private const int Silos = 2;

    /// <summary>A busy machine is not a dead silo, and whoever kills silos here tells the others.</summary>
    private static readonly string[] Patient = ["--response-timeout", "30000", "--probe-timeout", "5000", "--probes-missed", "10", "--http", "off"];

    /// <summary>Where the mesh keeps what it knows of pools and of itself; that goes with the pools.</summary>
    private static readonly string[] PoolProjects = ["\u001fpools", "\u001fflavors", "\u001fpool", "\u001fmesh"];

    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(60);

    private readonly List<MeshProcess> _processes = [];
    private readonly List<Task> _leaving = [];
    private readonly ManualClock _clock = new();
    private readonly PoolSet _pools = new(PostgresServer.NewDatabaseAsync, LogStores.Open);
    private readonly SiloControl _control;
    private FaultyLogStore? _store;
    private string _data = "";

    public TestSilos() => _control = new SiloControl(_clock, uri => uri.Length == 0 ? _store!.Faults : _pools.Of(uri).Faults);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await KillAsync();
        await Task.WhenAll(_leaving).WaitAsync(EndMax);
        _control.Dispose();
        if (_store is not null) await _store.DisposeAsync();
    }

    /// <summary>Gives the silos to a test, with nothing in them.</summary>
    internal async Task<IMeshFixture> TakeAsync()
    {
        if (_processes.Count == 0) await StartAnewAsync();
        return new Taken(this, await ConnectAsync());
    }

    private async Task StartAnewAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        _data = await PostgresServer.NewDatabaseAsync();
        _store = new FaultyLogStore(LogStores.Open(_data));
        await StartAsync();
    }

    private async Task StartAsync()
    {
        // The first makes the tables.
        if (_processes.Count == 0 && !await IsThereAsync()) _processes.Add(await MeshProcess.OpenAsync(Command()));
        _processes.AddRange(await Task.WhenAll(Enumerable.Range(0, Silos - _processes.Count).Select(_ => MeshProcess.OpenAsync(Command()))));
    }

    private ProcessStartInfo Command() => MeshProcess.Command(
        "Mesh.TestSilo", [Text(_control.Port), "--data", _data, "--silo-port", Text(FreePort.Take()), "--gateway-port", Text(FreePort.Take()), .. Patient]);

    private async Task<ClusterConnection> ConnectAsync()
    {
        var options = new GatewayOptions
        {
            Data = _data,
            Cluster = new ClusterSettings { ResponseTimeout = TimeSpan.FromSeconds(30), TableRefresh = TimeSpan.FromSeconds(1) },
        };
        return await ClusterConnection.OpenAsync(options, NullLoggerFactory.Instance, client => client.Services.Configure<MeshClientOptions>(
            mesh => (mesh.Clock, mesh.RetryFor) = (_clock, TimeSpan.FromSeconds(60))));
    }

    private async Task KillAsync()
    {
        foreach (var process in _processes) process.KillHard();
        foreach (var process in _processes) await process.DisposeAsync();
        _processes.Clear();
    }

    /// <summary>As all silos of a cluster that die at once; that they are dead is written down by who knows it, so that the next need not wait until they count as silent.</summary>
    private async Task RestartAsync()
    {
        await KillAsync();
        await RunAsync("update orleans.members set status = 6");
        await StartAsync();
    }

    private async Task<bool> IsThereAsync()
    {
        await using var connection = NpgsqlDataSource.Create(_data);
        await using var command = connection.CreateCommand("select exists (select from pg_namespace where nspname = 'orleans')");
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private async Task RunAsync(string sql)
    {
        await using var connection = NpgsqlDataSource.Create(_data);
        await using var command = connection.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Through the mesh, as a user empties it. Then it is noon, as it was for the test before.</summary>
    private async Task EmptyAsync(IMesh mesh)
    {
        foreach (var pool in await mesh.Pools.ListAsync("", 1000)) (_pools.Of(pool.Uri).IsAway, _store!.IsAway) = (false, false);
        _store!.IsAway = false;
        _store.FailNextCommit(CommitFault.None);
        foreach (var name in await NamesAsync()) await mesh.Catalogue.DeleteAsync(name);
        foreach (var flavor in await mesh.Pools.ListFlavorsAsync("", 1000)) await mesh.Pools.DeleteFlavorAsync(flavor.Name);
        foreach (var pool in await mesh.Pools.ListAsync("", 1000)) Assert.IsType<PoolChange.Done>(await mesh.Pools.DeleteAsync(pool.Name));
        foreach (var range in (await mesh.Nodes.TableAsync()).Ranges.Where(range => range.IsPinned)) await mesh.Nodes.UnpinAsync(range.First);
        foreach (var node in await mesh.Nodes.ListAsync()) await mesh.Nodes.LeaveAsync(node.Node.Id);
        _clock.Advance(_clock.GetUtcNow().Date.AddDays(2).AddHours(12) - _clock.GetUtcNow().UtcDateTime);
    }

    /// <summary>All streams, but for those that the pools' own lines are.</summary>
    private async Task<List<StreamName>> NamesAsync()
    {
        var names = new List<StreamName>();
        await using var connection = NpgsqlDataSource.Create(_data);
        await using var command = connection.CreateCommand("select convert_from(project, 'UTF8'), kind, convert_from(name, 'UTF8') from mesh.streams");
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            var name = new StreamName(rows.GetString(0), (StreamKind)rows.GetInt16(1), rows.GetString(2));
            if (!PoolProjects.Contains(name.Project)) names.Add(name);
        }

        return names;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The silos as one test has them.</summary>
    private sealed class Taken(TestSilos silos, ClusterConnection client) : IMeshFixture
    {
        private ClusterConnection _client = client;

        public IMesh Mesh => _client.Mesh;

        public ManualClock Clock => silos._clock;

        public FaultyLogStore Store => silos._store!;

        public PoolSet Pools => silos._pools;

        public async Task RestartAsync()
        {
            silos._leaving.Add(_client.DisposeAsync().AsTask());
            await silos.RestartAsync();
            _client = await silos.ConnectAsync();
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await silos.EmptyAsync(Mesh).WaitAsync(EndMax);
            }
            catch
            {
                await silos.KillAsync(); // the next test begins with others
                throw;
            }
            finally
            {
                await _client.DisposeAsync();
            }
        }
    }
}

/// <summary>Shares the silos among the suites, one test at a time.</summary>
[CollectionDefinition(TestSilos.Collection)]
public sealed class TestSilosCollection : ICollectionFixture<TestSilos>;
