using Mesh.Testing.Tools;

namespace Mesh.Protocols.Resp.Tests.Clients;

/// <summary>npm's <c>ioredis</c>.</summary>
public sealed class IoredisTests
{
    private static readonly string[] Packages = ["ioredis"];

    [IoredisFact]
    public async Task Ioredis_subscribes_publishes_and_pipelines_streams()
    {
        await using var server = await RespServer.StartAsync();
        var seen = await NodePackages.RunAsync(Packages, Path.Combine(AppContext.BaseDirectory, "Clients", "ioredis.js"), server.Port);
        Assert.Equal("message room hello\npmessage r* room hello\nlength 100\nread 100 99\n", seen);
    }

    private sealed class IoredisFactAttribute : FactAttribute
    {
        private static readonly Lazy<string?> Missing = new(() => NodePackages.Missing(Packages));

        public IoredisFactAttribute() => Skip = Missing.Value;
    }
}
