using System.Text.Json.Nodes;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing.Tools;

namespace Mesh.Protocols.Grpc.Tests.Clients;

/// <summary>Debian's gRPC for Python, with stubs generated from our own files.</summary>
public sealed class PythonClientTests
{
    private const string Python = "/usr/bin/python3";

    [PythonFact]
    public async Task A_python_client_publishes_subscribes_and_gets_the_statuses_it_expects()
    {
        await using var host = await GrpcHost.StartAsync();
        var stubs = Directory.CreateTempSubdirectory("mesh-grpc-");
        try
        {
            var protos = Path.Combine(AppContext.BaseDirectory, "Protos");
            string[] files = [.. Directory.GetFiles(protos, "*.proto")];
            await Command.RunAsync(
                protos, "protoc", ["-I", protos, "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin", $"--python_out={stubs}", $"--grpc_python_out={stubs}", .. files]);
            var script = Path.Combine(stubs.FullName, "client.py");
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Clients", "client.py"), script);
            var seen = JsonNode.Parse(await Command.RunAsync(stubs.FullName, Python, script, host.Address.Authority))!;
            SeenByClients.Check(seen, "\"hi\",1");
            Assert.Equal(1003, seen["gzip"]!.GetValue<int>());
            Assert.Equal("""["open1","open2"]""", seen["while_open"]!.ToJsonString());
            Assert.Equal("""["open1","open2"]""", seen["after_cancel"]!.ToJsonString());
        }
        finally
        {
            stubs.Delete(recursive: true);
        }
    }

    private sealed class PythonFactAttribute : FactAttribute
    {
        private static readonly Lazy<string?> Missing = new(() =>
            Command.Works(Python, "-c", "import grpc") && Command.Works("protoc", "--version") && File.Exists("/usr/bin/grpc_python_plugin")
                ? null
                : "Needs gRPC for Python and its generator: apt-get install python3-grpcio protobuf-compiler protobuf-compiler-grpc libprotobuf-dev");

        public PythonFactAttribute() => Skip = Missing.Value;
    }
}
