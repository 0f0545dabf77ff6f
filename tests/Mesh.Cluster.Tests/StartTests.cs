using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>What cannot work is refused at the start, in a sentence.</summary>
public sealed class StartTests
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Username=mesh;Database=mesh";

    [Fact]
    public async Task Without_a_database_neither_starts()
    {
        foreach (var program in new[] { "silo-host", "gateway" })
        {
            Assert.StartsWith("--data is missing: a cluster keeps its data in PostgreSQL.", await RefusalAsync(2, MeshProcess.Command(program)));
            Assert.StartsWith("--data: a cluster keeps its data in PostgreSQL.", await RefusalAsync(2, MeshProcess.Command(program, "--data", "./mesh.db")));
            Assert.Contains("does not answer", await RefusalAsync(4, MeshProcess.Command(program, "--data", Nowhere)));
        }
    }

    [PostgresFact]
    public async Task A_database_that_is_missing_is_named()
    {
        var data = (await PostgresServer.NewDatabaseAsync()) + "_gone";
        Assert.Contains("does not exist. Create it, or name another.", await RefusalAsync(4, Cluster.Silo(data)));
        Assert.Contains("does not exist. Create it, or name another.", await RefusalAsync(4, Cluster.Gateway(data)));
    }

    [PostgresFact]
    public async Task A_gateway_refuses_a_database_that_holds_no_cluster_yet() =>
        Assert.Contains("holds no cluster's data yet. Start a silo of cluster 'mesh' (service 'mesh') first", await RefusalAsync(4, Cluster.Gateway(await PostgresServer.NewDatabaseAsync())));

    [PostgresFact]
    public async Task Another_clusters_data_is_refused()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Nobody, silos: 1, gateways: 0);
        const string Expected = "holds the data of cluster 'mesh' (service 'mesh'), and this is cluster 'other' (service 'mesh').";
        Assert.Contains(Expected, await RefusalAsync(4, Cluster.Silo(cluster.Data, "--cluster-id", "other")));
        Assert.Contains(Expected, await RefusalAsync(4, Cluster.Gateway(cluster.Data, "--cluster-id", "other")));
        Assert.Contains("this is cluster 'mesh' (service 'other')", await RefusalAsync(4, Cluster.Silo(cluster.Data, "--service-id", "other")));
    }

    [PostgresFact]
    public async Task A_gateway_that_finds_no_silo_in_time_says_so()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Nobody, silos: 1, gateways: 0);
        cluster.Silos[0].Terminate();
        Assert.Equal(0, (await cluster.Silos[0].EndAsync()).Code);
        Assert.Contains("No silo of cluster 'mesh' answered within 1 s (--silo-wait).", await RefusalAsync(5, Cluster.Gateway(cluster.Data, "--silo-wait", "1")));
    }

    [PostgresFact]
    public async Task The_schema_can_be_made_by_a_step_of_its_own()
    {
        var data = await PostgresServer.NewDatabaseAsync();
        var (code, output, _) = await MeshProcess.RunAsync(Cluster.Silo(data, "--migrate", "only"));
        Assert.Equal(0, code);
        Assert.EndsWith("is up to date.\n", output);
        Assert.Contains("holds no cluster's data yet", await RefusalAsync(4, Cluster.Gateway(data)));
    }

    [PostgresFact]
    public async Task A_port_that_is_taken_is_refused_though_Orleans_would_share_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Assert.StartsWith(
            $"--silo-port cannot open 127.0.0.1:{port}: another process listens there.",
            await RefusalAsync(3, Cluster.Silo(await PostgresServer.NewDatabaseAsync(), $"--silo-port={port}")));
    }

    [Theory]
    [InlineData("--silo-port", "0", "1 to 65535")]
    [InlineData("--advertise", "0.0.0.0", "others cannot reach that")]
    [InlineData("--cluster-id", "a b", "letters, digits, dots, dashes and underscores")]
    [InlineData("--response-timeout", "99", "100 to 60000")]
    [InlineData("--probes-missed", "0", "1 to 20")]
    [InlineData("--migrate", "never", "yes, only")]
    public async Task A_bad_option_of_a_silo_is_named_with_what_would_be_right(string option, string value, string right)
    {
        var refusal = await RefusalAsync(2, Cluster.Silo(Nowhere, option, value));
        Assert.StartsWith($"{option}: \"{value}\"", refusal);
        Assert.Contains(right, refusal);
    }

    private static async Task<string> RefusalAsync(int expected, ProcessStartInfo start)
    {
        var (code, output, errors) = await MeshProcess.RunAsync(start);
        Assert.Empty(output);
        Assert.Equal((expected, errors), (code, errors));
        return errors.Split('\n').Last(line => line.Trim().Length > 0 && !line.Contains(" warn: ", StringComparison.Ordinal));
    }
}
