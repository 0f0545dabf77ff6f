using Mesh.Protocols.Grpc.Tests.Cases;
using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Standalone.Tests.Protobus;

public sealed class DotNetCases(OneStandalone server) : CaseContract(() => server.Client.OpenAsync(DotNetClient.OpenAsync, server.Grpc)), IClassFixture<OneStandalone>;

[RequiresTool(PythonStubs.Packages, "sh", "-c", PythonStubs.Probe)]
public sealed class PythonCases(OneStandalone server) : CaseContract(() => server.Client.OpenAsync(DrivenClient.PythonAsync, server.Grpc)), IClassFixture<OneStandalone>;

[RequiresNode("@grpc/grpc-js", "@grpc/proto-loader")]
public sealed class NodeCases(OneStandalone server) : CaseContract(() => server.Client.OpenAsync(DrivenClient.NodeAsync, server.Grpc)), IClassFixture<OneStandalone>;

public sealed class DotNetProcessCases() : ProcessCases(DotNetClient.OpenAsync);

[RequiresTool(PythonStubs.Packages, "sh", "-c", PythonStubs.Probe)]
public sealed class PythonProcessCases() : ProcessCases(DrivenClient.PythonAsync);

[RequiresNode("@grpc/grpc-js", "@grpc/proto-loader")]
public sealed class NodeProcessCases() : ProcessCases(DrivenClient.NodeAsync);
