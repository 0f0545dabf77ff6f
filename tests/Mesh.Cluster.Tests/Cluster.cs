using System.Diagnostics;
using System.Globalization;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;

namespace Mesh.Cluster.Tests;

/// <summary>Silos and gateways as processes of their own on free ports of loopback, over a database of their own.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const string VotedDead = "I have been told I am dead";
    private const int StartsMax = 5;

    /// <summary>A gateway on a busy machine is not one that was killed: a test that counts listeners waits for it.</summary>
    private static readonly string[] WaitsForGateways = ["--room-answer-max", "30000"];

    /// <summary>A silo on a busy machine is not a dead one.</summary>
    private static readonly string[] WaitsForSilos = ["--probe-timeout", "5000", "--probes-missed", "10"];

    /// <summary>A call on a busy machine is not one that is lost. Shorter than calls are tried again for.</summary>
    private static readonly string[] WaitsForAnswers = ["--response-timeout", "10000"];

    /// <summary>Nor is one to a gateway, but those to a gateway that was killed end by this alone, and others wait for them.</summary>
    private static readonly string[] WaitsForLiving = ["--response-timeout", "3000"];

    private readonly string[] _gatewayOptions;
    private readonly string[] _siloOptions;

    private Cluster(string data, Mortal mortal, string[] gatewayOptions)
    {
        Data = data;
        _gatewayOptions = [.. mortal == Mortal.Nobody ? WaitsForAnswers : [], .. gatewayOptions];
        _siloOptions = mortal switch
        {
            Mortal.Nobody => [.. WaitsForGateways, .. WaitsForSilos, .. WaitsForAnswers],
            Mortal.Gateways => [.. WaitsForGateways, .. WaitsForSilos, .. WaitsForLiving],
            _ => WaitsForGateways,
        };
    }

    /// <summary>The connection string of the database.</summary>
    public string Data { get; }

    public List<MeshProcess> Silos { get; } = [];

    public List<MeshProcess> Gateways { get; } = [];

    public static async Task<Cluster> OpenAsync(Mortal mortal, int silos = 2, int gateways = 2) => await OpenAsync(await PostgresServer.SharedAsync(), mortal, silos, gateways);

    /// <param name="server">Where its database is made.</param>
    /// <param name="mortal">Who must be found dead soon; whoever else does not answer is waited for.</param>
    /// <param name="silos">How many to begin with.</param>
    /// <param name="gateways">How many to begin with.</param>
    /// <param name="gatewayOptions">More options for each gateway.</param>
    public static async Task<Cluster> OpenAsync(PostgresServer server, Mortal mortal, int silos, int gateways, params string[] gatewayOptions)
    {
        var cluster = new Cluster(await server.CreateDatabaseAsync(), mortal, gatewayOptions);
        try
        {
            for (var i = 0; i < silos; i++) await cluster.AddSiloAsync();
            for (var i = 0; i < gateways; i++) await cluster.AddGatewayAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A gateway that a busy machine keeps from answering is not a dead one: it is waited for longer than by default.</summary>
    public static ProcessStartInfo Silo(string data, params string[] more) => MeshProcess.Command(
        "silo-host", ["--data", data, "--http", "0", "--silo-port", Port(), "--gateway-port", Port(), "--room-answer-max", "2000", .. more]);

    public static ProcessStartInfo Gateway(string data, params string[] more) => MeshProcess.Command(
        "gateway", ["--data", data, .. DoorArguments.AnyPort, .. more]);

    public Task AddSiloAsync() => AddSiloAsync(Data);

    /// <param name="data">Leads to the cluster's database.</param>
    public Task AddSiloAsync(string data) => AddSiloAsync(data, _siloOptions);

    /// <param name="data">Leads to the cluster's database.</param>
    /// <param name="options">Instead of those of the other silos.</param>
    public async Task AddSiloAsync(string data, string[] options) => Silos.Add(await OpenSiloAsync(_ => { }, data, options));

    /// <summary>Starts a silo, and again when the others have voted it dead while it joined, as whoever runs silos does: on a busy machine one may not answer in time.</summary>
    /// <param name="tell">Is told of that.</param>
    /// <param name="data">Leads to the cluster's database.</param>
    /// <param name="more">Options.</param>
    public static async Task<MeshProcess> OpenSiloAsync(Action<string> tell, string data, params string[] more)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await MeshProcess.OpenAsync(Silo(data, more));
            }
            catch (InvalidOperationException failure) when (attempt < StartsMax && failure.Message.Contains(VotedDead, StringComparison.Ordinal))
            {
                tell("A silo that joined did not answer in time, and is started again.");
            }
        }
    }

    /// <summary>Whether a silo has ended because the others have voted it dead.</summary>
    public static bool WasVotedDead(MeshProcess silo) => silo.Errors.Contains(VotedDead, StringComparison.Ordinal);

    public async Task AddGatewayAsync() => Gateways.Add(await MeshProcess.OpenAsync(Gateway(Data, _gatewayOptions)));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Gateways.Concat(Silos)) await process.DisposeAsync();
        Gateways.Clear();
        Silos.Clear();
    }

    private static string Port() => FreePort.Take().ToString(CultureInfo.InvariantCulture);
}
