using System.Text.Json.Nodes;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing.Tools;

namespace Mesh.Protocols.Grpc.Tests.Clients;

/// <summary>npm's <c>@grpc/grpc-js</c>, with our own files loaded at run time.</summary>
public sealed class NodeClientTests
{
    private static readonly string[] Packages = ["@grpc/grpc-js", "@grpc/proto-loader"];

    [NodeFact]
    public async Task A_node_client_publishes_subscribes_and_gets_the_statuses_it_expects()
    {
        await using var host = await GrpcHost.StartAsync();
        var script = Path.Combine(AppContext.BaseDirectory, "Clients", "client.js");
        var seen = await NodePackages.RunAsync(Packages, script, host.Address.Authority, Path.Combine(AppContext.BaseDirectory, "Protos"));
        SeenByClients.Check(JsonNode.Parse(seen)!, "1");
    }

    private sealed class NodeFactAttribute : FactAttribute
    {
        private static readonly Lazy<string?> Missing = new(() => NodePackages.Missing(Packages));

        public NodeFactAttribute() => Skip = Missing.Value;
    }
}
