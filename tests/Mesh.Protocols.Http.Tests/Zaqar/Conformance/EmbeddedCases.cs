namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

public sealed class EmbeddedHeaderCases() : HeaderCases(ZaqarServer.OpenAsync);

public sealed class EmbeddedMetadataCases() : MetadataCases(ZaqarServer.OpenAsync);

public sealed class EmbeddedQueueCases() : QueueCases(ZaqarServer.OpenAsync);

public sealed class EmbeddedServiceCases() : ServiceCases(ZaqarServer.OpenAsync);

public sealed class EmbeddedSocketCases() : SocketCases(ZaqarServer.OpenAsync);
