using Mesh.Protocols.Grpc.Tests.Service;

namespace Mesh.Client.Tests;

public sealed class ClientTests() : ClientContract(GrpcHost.OpenAsync)
{
    [Theory]
    [InlineData("127.0.0.1:42000")]
    [InlineData("ftp://127.0.0.1")]
    public void An_address_that_is_none_is_named(string address) =>
        Assert.Contains(address, Assert.Throws<ArgumentException>(() => MeshClient.Connect(address)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_option_out_of_its_range_is_named() =>
        Assert.Contains("WindowRecords", Assert.Throws<ArgumentException>(() => MeshClient.Connect("http://x:1", new MeshClientOptions { WindowRecords = 0 })).Message, StringComparison.Ordinal);
}
