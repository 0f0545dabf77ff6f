using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mesh.Protocols.Grpc.Tests.Cases;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Tools;

namespace Mesh.Protocols.Grpc.Tests.Clients;

/// <summary>Clients of other languages, with our own files.</summary>
public abstract class ClientContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    /// <summary>What command line clients do: the README's lines for one of them, with their names and their JSON.</summary>
    [ToolFact("python3-grpcio", "sh", "-c", $"{PythonStubs.Python} -c 'import grpc'")]
    public async Task A_client_that_knows_nothing_but_the_address_finds_its_way_by_reflection()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "README.md"));
        Assert.Contains("$ grpcurl -plaintext 127.0.0.1:42000 list\n", readme, StringComparison.Ordinal);
        var (request, method) = Regex.Match(readme, @"\$ grpcurl -plaintext -d '(.+)' 127\.0\.0\.1:42000 (\S+)\n") is { Success: true } line
            ? (line.Groups[1].Value, line.Groups[2].Value)
            : throw new InvalidDataException("The README has no line for grpcurl with a request.");
        var script = Path.Combine(AppContext.BaseDirectory, "Clients", "reflect.py");
        var seen = JsonNode.Parse(await Command.RunAsync(Path.GetTempPath(), PythonStubs.Python, script, Door.Address.Authority, method, request))!;
        foreach (var package in (string[])["grpc.reflection.v1", "grpc.reflection.v1alpha"])
            Assert.Superset(new HashSet<string> { "protobus.ProtobusService", "mesh.v1.Mesh" }, seen[package]!.AsArray().Select(name => name!.GetValue<string>()).ToHashSet());
        Assert.Equal("""["Publish","Subscribe"]""", seen["methods"]!.ToJsonString());
        Assert.Equal(5, seen["error"]!.GetValue<int>());
        Assert.Equal("""["weather/reflected",{"k":"v"}]""", seen["delivered"]!.ToJsonString());
        Assert.Equal("[8,1]", seen["health"]!.ToJsonString());
    }

    [NodeFact("@grpc/grpc-js", "@grpc/proto-loader")]
    public async Task A_node_client_does_everything_with_streams_by_their_addresses()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Clients", "mesh_client.js");
        SeenByClients.Check(JsonNode.Parse(await NodePackages.RunAsync(["@grpc/grpc-js", "@grpc/proto-loader"], script, Door.Address.Authority, PythonStubs.Protos))!);
    }

    [ToolFact(PythonStubs.Packages, "sh", "-c", PythonStubs.Probe)]
    public async Task A_python_client_does_everything_with_streams_by_their_addresses() => SeenByClients.Check(await PythonAsync("mesh_client.py"));

    private async Task<JsonNode> PythonAsync(string client)
    {
        using var stubs = await PythonStubs.GenerateAsync();
        return JsonNode.Parse(await Command.RunAsync(stubs.Path, PythonStubs.Python, stubs.Copy("Clients", client), Door.Address.Authority))!;
    }
}
