namespace Mesh.Protocols.Http.Tests.Rse;

public sealed class LiveTests() : LiveContract(RseServer.OpenAsync);
