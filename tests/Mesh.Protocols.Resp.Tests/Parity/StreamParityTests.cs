namespace Mesh.Protocols.Resp.Tests.Parity;

public sealed class StreamParityTests(RedisBeside redis) : StreamParityContract(RespServer.OpenAsync, redis);
