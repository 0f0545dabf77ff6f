using System.Text.RegularExpressions;
using Mesh.Gateway;
using Mesh.Hosting.Options;
using Mesh.SiloHost;
using Mesh.Standalone;
using Xunit;

namespace Mesh.Deployment.Tests;

/// <summary>What the Dockerfiles and docker-compose.yml say of the programs agrees with what they take.</summary>
public sealed class ContainerTests
{
    private const string Data = "Host=db;Database=mesh;Username=mesh";

    [Fact]
    public void The_image_of_the_embedded_host_shows_the_ports_it_opens()
    {
        var options = OptionReader.Read(StandaloneOptions.Table, [], EnvironmentOf("standalone"), null)!;
        Assert.Equal(OpenListeners.Of(options).Select(each => each.Address.Port), ExposedBy("standalone"));
        Assert.All(OpenListeners.Of(options), each => Assert.False(each.Address.IsLoopback));
        Assert.Equal("/data/mesh.db", options.Data);
    }

    [Fact]
    public void The_image_of_the_gateway_shows_the_ports_it_opens()
    {
        var options = OptionReader.Read(GatewayOptions.Table, ["--data", Data], EnvironmentOf("gateway"), null)!;
        Assert.Equal(OpenListeners.Of(options).Select(each => each.Address.Port), ExposedBy("gateway"));
        Assert.All(OpenListeners.Of(options), each => Assert.False(each.Address.IsLoopback));
    }

    [Fact]
    public void The_image_of_the_silo_shows_the_ports_it_opens()
    {
        var options = OptionReader.Read(SiloHostOptions.Table, ["--data", Data], EnvironmentOf("silo-host"), null)!;
        Assert.Equal([options.Http!.Port, options.SiloPort, options.GatewayPort], ExposedBy("silo-host"));
        Assert.False(options.Http.IsLoopback);
    }

    [Theory]
    [InlineData("standalone")]
    [InlineData("silo-host")]
    [InlineData("gateway")]
    public void An_image_runs_its_own_program_and_not_as_root(string program)
    {
        var text = DockerfileOf(program);
        Assert.Contains("\nUSER $APP_UID\n", text);
        Assert.NotEqual("0", Regex.Match(text, @"\nARG APP_UID=(\d+)\n").Groups[1].Value);
        Assert.Contains($"""ENTRYPOINT ["dotnet", "/app/{program}.dll"]""", text);
        Assert.Contains($" {program}/{program}.csproj ", text);
        Assert.True(File.Exists(Repository.Path($"{program}/{program}.csproj")));
    }

    [Fact]
    public void The_compose_file_starts_two_silos_and_two_gateways_on_one_database()
    {
        var services = Yaml.Read(File.ReadAllText(Repository.Path("docker-compose.yml"))).Single()["services"].Fields;
        var password = services["postgres"]["environment.POSTGRES_PASSWORD"].Text;
        foreach (var silo in new[] { "silo-1", "silo-2" })
        {
            var variables = services[silo]["environment"].Fields.ToDictionary(each => each.Key, each => each.Value.Text);
            Assert.Equal(silo, variables["MESH__ADVERTISE"]);
            variables["MESH__ADVERTISE"] = "10.0.0.7"; // its own name leads to it there, not here
            Assert.Equal($"Host=postgres;Database=mesh;Username=mesh;Password={password}", OptionReader.Read(SiloHostOptions.Table, [], variables, null)!.Data);
        }

        foreach (var gateway in new[] { "gateway-1", "gateway-2" })
        {
            var variables = services[gateway]["environment"].Fields.ToDictionary(each => each.Key, each => each.Value.Text);
            Assert.Equal($"Host=postgres;Database=mesh;Username=mesh;Password={password}", OptionReader.Read(GatewayOptions.Table, [], variables, null)!.Data);
            var published = services[gateway]["ports"].Items.Select(port => port.Text.Split(':')).ToArray();
            Assert.All(published, port => Assert.Equal("127.0.0.1", port[0]));
            Assert.Equal(ExposedBy("gateway"), published.Select(port => int.Parse(port[2])));
        }
    }

    private static string DockerfileOf(string program) => File.ReadAllText(Repository.Path($"{program}/Dockerfile"));

    private static IEnumerable<int> ExposedBy(string program) =>
        Regex.Match(DockerfileOf(program), @"\nEXPOSE (.+)\n").Groups[1].Value.Split(' ').Select(int.Parse);

    private static IEnumerable<KeyValuePair<string, string>> EnvironmentOf(string program) =>
        Regex.Matches(DockerfileOf(program), @"(MESH__\w+)=(\S+)").Select(match => KeyValuePair.Create(match.Groups[1].Value, match.Groups[2].Value));
}
