using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mesh.Hosting;
using Mesh.Hosting.Doors;
using Mesh.Hosting.Logs;
using Mesh.Hosting.Operations;
using Mesh.Hosting.Options;
using Mesh.Storage.AdoNet;
using Orleans.Runtime.MembershipService;

namespace Mesh.SiloHost;

/// <summary>One silo, from start to end.</summary>
internal static class SiloProcess
{
    /// <summary>How long a silo may take to commit what it accepted and to give its streams up; then it is cut off, and the others find out by themselves.</summary>
    public static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(20);

    /// <summary>So often the cluster is tried, with pauses that grow; each attempt waits <see cref="SiloConfiguration.JoinMax"/> at most for dead silos. Whoever runs the process starts it again.</summary>
    private const int JoinsMax = 5;

    private static readonly TimeSpan JoinPause = TimeSpan.FromSeconds(1);

    /// <param name="options">Checked ones.</param>
    /// <param name="alter">What else is made of the silo; null for nothing.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="OptionException">The text of <c>--data</c> names no PostgreSQL database.</exception>
    /// <exception cref="StorageUnavailableException">The database is missing, or another cluster's.</exception>
    /// <exception cref="DoorTakenException">An address cannot be opened.</exception>
    public static async Task<int> RunAsync(SiloHostOptions options, Action<ISiloBuilder>? alter = null)
    {
        await using var database = DataPlace.Open(options.Data, ClusterDatabase.Open);
        await database.MigrateAsync();
        if (options.Migrate == Migrate.Only)
        {
            Console.WriteLine($"The schema of {DataPlace.Describe(options.Data)} is up to date.");
            return ExitCode.Drained;
        }

        var cluster = new ClusterName(options.Cluster.ServiceId, options.Cluster.ClusterId);
        await database.ClaimAsync(cluster);
        CheckFree(options);
        var logs = HostLog.Create(options);
        var builder = OperationsServer.NewBuilder(options.Http, "--http", logs, out var doors);
        await using var web = builder.Build();
        OperationsServer.Answer(web, () => database.CheckAsync(cluster)); // not by a stream, which another silo may have
        for (var attempt = 1; ; attempt++)
        {
            var silo = BuildSilo(options, database.OrleansConnectionText, logs, alter);
            await using var _ = (IAsyncDisposable)silo;
            var self = new IPEndPoint(options.Advertise, options.SiloPort);
            await new DeadSilos(silo.Services.GetRequiredService<IMembershipTable>(), self, SiloConfiguration.Silent).OutwaitAsync(SiloConfiguration.JoinMax);
            if (await JoinAsync(silo) is { } failure)
            {
                if (attempt == JoinsMax) return await GiveUpAsync(failure);
                await Console.Error.WriteLineAsync($"The cluster could not be joined; trying again. {failure.Message}");
                await Task.Delay(attempt * JoinPause);
                continue;
            }

            await web.StartAsync();
            Console.Write(SiloBanner.Write(options, doors));
            return await EndAsync(silo, web);
        }
    }

    /// <summary>Apart from the web server, which outlives it: whoever looks after the process is told that it is not ready while the silo gives its streams up.</summary>
    private static IHost BuildSilo(SiloHostOptions options, string connection, ILoggerFactory logs, Action<ISiloBuilder>? alter)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(logs);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainMax);
        builder.UseOrleans(silo =>
        {
            SiloConfiguration.Apply(silo, options, connection);
            alter?.Invoke(silo);
        });
        return builder.Build();
    }

    /// <returns>Why not: silos that the cluster's table calls active do not answer, and others have not voted them dead in time. Null when it has joined.</returns>
    private static async Task<Exception?> JoinAsync(IHost silo)
    {
        try
        {
            await silo.StartAsync();
            return null;
        }
        catch (OrleansClusterConnectivityCheckFailedException failure)
        {
            return failure;
        }
    }

    private static async Task<int> GiveUpAsync(Exception failure)
    {
        await Console.Error.WriteLineAsync(
            $"The cluster could not be joined in {JoinsMax} attempts. See that this machine reaches the addresses that its silos advertise, and start it again. {failure.Message}");
        return ExitCode.NoSilo;
    }

    /// <summary>Orleans would share a port with another silo, which would then take this one for its own successor.</summary>
    private static void CheckFree(SiloHostOptions options)
    {
        foreach (var (option, port) in new[] { ("--silo-port", options.SiloPort), ("--gateway-port", options.GatewayPort) })
        {
            using var socket = new Socket(options.Advertise.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var address = new ListenAddress(options.Advertise, port);
            try
            {
                socket.Bind(address.ToEndPoint());
                socket.Listen();
            }
            catch (SocketException failure)
            {
                throw DoorTakenException.Of(option, address, failure, $"Choose another with {option} <port>, or another address with --advertise.");
            }
        }
    }

    /// <summary>Waits for a signal, and for the silo to give its streams up.</summary>
    private static async Task<int> EndAsync(IHost silo, WebApplication web)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var lifetime in new[] { silo.Services.GetRequiredService<IHostApplicationLifetime>(), web.Lifetime })
            lifetime.ApplicationStopping.Register(() => stopping.TrySetResult());
        await stopping.Task;
        web.Lifetime.StopApplication(); // not ready from now on
        var since = Stopwatch.StartNew();
        await silo.StopAsync();
        var took = since.Elapsed;
        await web.StopAsync();
        if (took < DrainMax) return ExitCode.Drained;
        await Console.Error.WriteLineAsync($"The silo could not give all its streams up within {DrainMax.TotalSeconds:0} s; the other silos take the rest over.");
        return ExitCode.NotDrained;
    }
}
