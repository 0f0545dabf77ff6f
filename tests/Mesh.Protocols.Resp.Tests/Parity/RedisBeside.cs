using Mesh.Testing.Postgres;
using Mesh.Testing.Tools;

namespace Mesh.Protocols.Resp.Tests.Parity;

/// <summary>A redis-server for all sessions.</summary>
public sealed class RedisBeside : IAsyncLifetime
{
    internal RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (RedisServer.Missing is null) Server = await RedisServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (RedisServer.Missing is null) await Server.DisposeAsync();
    }
}

/// <summary>A test that needs a redis-server, and is skipped by name where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RedisTheoryAttribute : ContractTheoryAttribute
{
    public RedisTheoryAttribute() => Skip = RedisServer.Missing;
}
