namespace Mesh.Protocols.Http.Tests.Zaqar;

public sealed class AddressTests() : AddressContract(ZaqarServer.OpenAsync);

public sealed class HomeTests() : HomeContract(ZaqarServer.OpenAsync);

public sealed class PythonClientTests() : PythonClientContract(ZaqarServer.OpenAsync);

public sealed class QueueMetadataTests() : QueueMetadataContract(ZaqarServer.OpenAsync);

public sealed class QueueTests() : QueueContract(ZaqarServer.OpenAsync);

public sealed class RequestRuleTests() : RequestRuleContract(ZaqarServer.OpenAsync);
