using Mesh.Protocols.Grpc.Services;

namespace Mesh.Protocols.Grpc.Tests.Service;

public sealed class ReflectionTests() : ReflectionContract(GrpcHost.OpenAsync)
{
    [Fact]
    public async Task Every_method_that_is_described_is_served()
    {
        foreach (var path in ServiceDescriptions.Default.Methods)
        {
            using var call = Door.Client.Open(path);
            call.Complete();
            var status = await call.StatusAsync();
            Assert.False(status.Code == 12 && status.Message.StartsWith("There is no method", StringComparison.Ordinal), $"{path}: {status}");
        }
    }
}
