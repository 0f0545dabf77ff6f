namespace Mesh.Protocols.Resp.Tests.Parity;

public sealed class RedisParityTests(RedisBeside redis) : RedisParityContract(RespServer.OpenAsync, redis);
