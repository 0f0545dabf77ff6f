using Mesh.Testing.Tools;

namespace Mesh.Protocols.Resp.Tests.Clients;

/// <summary>Debian's <c>redis-cli</c>.</summary>
public sealed class RedisCliTests
{
    [RedisCliFact]
    public async Task Redis_cli_adds_reads_and_publishes()
    {
        await using var server = await RespServer.StartAsync();
        Task<string> Run(params string[] command) => Command.RunAsync(Path.GetTempPath(), "redis-cli", ["-h", "127.0.0.1", "-p", server.Port, .. command]);
        Assert.Equal("PONG\n", await Run("PING"));
        Assert.Equal("1-1\n", await Run("XADD", "s", "1-1", "sensor", "7"));
        Assert.Equal("1-1\nsensor\n7\n", await Run("XRANGE", "s", "-", "+"));
        Assert.Equal("0\n", await Run("PUBLISH", "room", "hello"));
        Assert.Equal("1-1\nsensor\n7\n", await Run("-3", "XRANGE", "s", "-", "+"));
    }

    private sealed class RedisCliFactAttribute : FactAttribute
    {
        private static readonly Lazy<bool> IsThere = new(() => Command.Works("redis-cli", "--version"));

        public RedisCliFactAttribute() => Skip = IsThere.Value ? null : "Needs redis-cli: apt-get install redis-tools";
    }
}
