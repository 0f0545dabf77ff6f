namespace Mesh.Protocols.Http.Tests.Rse;

public sealed class CurlTests() : CurlContract(RseServer.OpenAsync);
