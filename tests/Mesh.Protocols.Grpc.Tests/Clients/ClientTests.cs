using Mesh.Protocols.Grpc.Tests.Service;

namespace Mesh.Protocols.Grpc.Tests.Clients;

public sealed class ClientTests() : ClientContract(GrpcHost.OpenAsync);
