using Google.Protobuf;
using Mesh.Protocols.Grpc.Services.Health;
using Mesh.Testing;
using Mesh.Testing.Grpc;
using Mesh.Testing.Postgres;
using static Mesh.Protocols.Grpc.Services.Health.HealthCheckResponse.Types;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>Health checks as gRPC has them.</summary>
public abstract class HealthContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    [ContractTheory]
    [InlineData("")]
    [InlineData("protobus.ProtobusService")]
    public async Task A_server_that_takes_calls_is_serving(string service)
    {
        using var call = await AskAsync("Check", service);
        Assert.Equal(ServingStatus.Serving, Status(await call.ReadAsync()));
        Assert.Equal(0, (await call.StatusAsync()).Code);
    }

    [ContractFact]
    public async Task A_service_that_is_not_there_is_not_found()
    {
        using var call = await AskAsync("Check", "no.Such");
        var status = await call.StatusAsync();
        Assert.Equal(5, status.Code);
        Assert.Contains("protobus.ProtobusService", status.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_watch_of_a_service_that_is_not_there_says_so_and_stays_open()
    {
        using var call = await AskAsync("Watch", "no.Such");
        Assert.Equal(ServingStatus.ServiceUnknown, Status(await call.ReadAsync()));
    }

    [ContractFact]
    public async Task All_services_are_listed_with_their_status()
    {
        using var call = await AskAsync("List", "");
        var list = HealthListResponse.Parser.ParseFrom(await call.ReadAsync());
        Assert.Equal(ServingStatus.Serving, list.Statuses["protobus.ProtobusService"].Status);
        Assert.Equal(ServingStatus.Serving, list.Statuses[""].Status);
    }

    private protected Task<GrpcClientCall> AskAsync(string method, string service) => AskAsync(Door, method, service);

    private protected static async Task<GrpcClientCall> AskAsync(GrpcDoor door, string method, string service)
    {
        var call = door.Client.Open($"/grpc.health.v1.Health/{method}");
        await call.SendAsync(new HealthCheckRequest { Service = service }.ToByteArray());
        call.Complete();
        return call;
    }

    private protected static ServingStatus Status(byte[]? message) => HealthCheckResponse.Parser.ParseFrom(message).Status;
}
