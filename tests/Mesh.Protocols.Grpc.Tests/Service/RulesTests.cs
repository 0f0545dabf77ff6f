namespace Mesh.Protocols.Grpc.Tests.Service;

public sealed class RulesTests() : RulesContract(async () => await GrpcHost.StartAsync(rules: Rules));
