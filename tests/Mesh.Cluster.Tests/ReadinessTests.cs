using System.Net;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Npgsql;
using Xunit;

namespace Mesh.Cluster.Tests;

public sealed class ReadinessTests
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task A_silo_that_is_cut_off_from_the_database_is_not_ready_until_it_is_back()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Nobody, silos: 1, gateways: 0);
        var data = new NpgsqlConnectionStringBuilder(cluster.Data);
        await using var relay = new TcpRelay(new IPEndPoint(IPAddress.Loopback, data.Port));
        data.Port = relay.Port;
        await using var silo = await Cluster.OpenSiloAsync(_ => { }, data.ConnectionString);
        using var http = new HttpClient();
        await BecomesAsync(HttpStatusCode.OK);
        await relay.CutAsync().WaitAsync(TimeMax);
        await BecomesAsync(HttpStatusCode.ServiceUnavailable);
        await Eventually.TrueAsync(async () => await AskAsync(cluster.Silos[0]) == HttpStatusCode.OK, "the other silo is ready as ever");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(silo));
        relay.Heal();
        await BecomesAsync(HttpStatusCode.OK);

        Task BecomesAsync(HttpStatusCode status) => Eventually.TrueAsync(async () => await AskAsync(silo) == status, $"the silo answers {status}");

        async Task<HttpStatusCode> AskAsync(MeshProcess asked) => (await http.GetAsync(new Uri(asked.Http, "/healthz/ready"))).StatusCode;
    }
}
