using System.Text.Json.Nodes;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing;
using Mesh.Testing.Tools;

namespace Mesh.Protocols.Grpc.Tests.Clients;

/// <summary>Clients of other languages, with our own files.</summary>
public abstract class ClientContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    private const string Python = "/usr/bin/python3";
    private const string Generator = "/usr/bin/grpc_python_plugin";

    private static string Protos => Path.Combine(AppContext.BaseDirectory, "Protos");

    /// <summary>npm's, with the files loaded at run time.</summary>
    [NodeFact("@grpc/grpc-js", "@grpc/proto-loader")]
    public async Task A_node_client_publishes_subscribes_and_gets_the_statuses_it_expects()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Clients", "client.js");
        var seen = await NodePackages.RunAsync(["@grpc/grpc-js", "@grpc/proto-loader"], script, Door.Address.Authority, Protos);
        SeenByClients.Check(JsonNode.Parse(seen)!, "1");
    }

    /// <summary>What command line clients do.</summary>
    [ToolFact("python3-grpcio", "sh", "-c", $"{Python} -c 'import grpc'")]
    public async Task A_client_that_knows_nothing_but_the_address_finds_its_way_by_reflection()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Clients", "reflect.py");
        var seen = JsonNode.Parse(await Command.RunAsync(Path.GetTempPath(), Python, script, Door.Address.Authority))!;
        foreach (var package in (string[])["grpc.reflection.v1", "grpc.reflection.v1alpha"])
            Assert.Superset(new HashSet<string> { "protobus.ProtobusService", "mesh.v1.Mesh" }, seen[package]!.AsArray().Select(name => name!.GetValue<string>()).ToHashSet());
        Assert.Equal("""["Publish","Subscribe"]""", seen["methods"]!.ToJsonString());
        Assert.Equal(5, seen["error"]!.GetValue<int>());
        Assert.Equal("""["reflected",{"k":"v"}]""", seen["delivered"]!.ToJsonString());
        Assert.Equal("[8,1]", seen["health"]!.ToJsonString());
    }

    /// <summary>Debian's, with generated stubs.</summary>
    [ToolFact(
        "python3-grpcio protobuf-compiler protobuf-compiler-grpc libprotobuf-dev",
        "sh", "-c", $"{Python} -c 'import grpc' && protoc --version && test -x {Generator} && test -e /usr/include/google/protobuf/any.proto")]
    public async Task A_python_client_publishes_subscribes_and_gets_the_statuses_it_expects()
    {
        var seen = await PythonAsync("client.py");
        SeenByClients.Check(seen, "\"hi\",1");
        Assert.Equal(1003, seen["gzip"]!.GetValue<int>());
        Assert.Equal("""["open1","open2"]""", seen["while_open"]!.ToJsonString());
        Assert.Equal("""["open1","open2"]""", seen["after_cancel"]!.ToJsonString());
    }

    [NodeFact("@grpc/grpc-js", "@grpc/proto-loader")]
    public async Task A_node_client_does_everything_with_streams_by_their_addresses()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Clients", "mesh_client.js");
        SeenByClients.CheckMesh(JsonNode.Parse(await NodePackages.RunAsync(["@grpc/grpc-js", "@grpc/proto-loader"], script, Door.Address.Authority, Protos))!);
    }

    [ToolFact(
        "python3-grpcio protobuf-compiler protobuf-compiler-grpc libprotobuf-dev",
        "sh", "-c", $"{Python} -c 'import grpc' && protoc --version && test -x {Generator} && test -e /usr/include/google/protobuf/any.proto")]
    public async Task A_python_client_does_everything_with_streams_by_their_addresses() => SeenByClients.CheckMesh(await PythonAsync("mesh_client.py"));

    private async Task<JsonNode> PythonAsync(string client)
    {
        var stubs = Directory.CreateTempSubdirectory("mesh-grpc-");
        try
        {
            string[] files = [.. Directory.GetFiles(Protos, "*.proto")];
            await Command.RunAsync(
                Protos, "protoc", ["-I", Protos, $"--plugin=protoc-gen-grpc_python={Generator}", $"--python_out={stubs}", $"--grpc_python_out={stubs}", .. files]);
            var script = Path.Combine(stubs.FullName, client);
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Clients", client), script);
            return JsonNode.Parse(await Command.RunAsync(stubs.FullName, Python, script, Door.Address.Authority))!;
        }
        finally
        {
            stubs.Delete(recursive: true);
        }
    }
}
