using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mesh.Protocols.Grpc.Services.Reflection;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>Server reflection as gRPC has it.</summary>
public abstract class ReflectionContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    private const string V1 = "grpc.reflection.v1";
    private const string V1Alpha = "grpc.reflection.v1alpha";

    [ContractTheory]
    [InlineData(V1)]
    [InlineData(V1Alpha)]
    public async Task All_services_are_listed_under_either_name_of_the_protocol(string package)
    {
        var answer = Assert.Single(await AskAsync(package, new ServerReflectionRequest { ListServices = "*" }));
        var services = answer.ListServicesResponse.Service.Select(service => service.Name).ToArray();
        Assert.Equal(services.Order(), services);
        Assert.All(
            (string[])["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "protobus.ProtobusService"],
            service => Assert.Contains(service, services));
    }

    [ContractFact]
    public async Task Every_service_that_is_listed_is_described_with_all_that_it_needs()
    {
        var listed = Assert.Single(await AskAsync(V1, new ServerReflectionRequest { ListServices = "*" })).ListServicesResponse.Service;
        var asked = listed.Select(service => new ServerReflectionRequest { FileContainingSymbol = service.Name }).ToArray();
        foreach (var (answer, service) in (await AskAsync(V1, asked)).Zip(listed))
        {
            var files = FilesOf(answer);
            var names = files.Select(file => file.Name).ToHashSet();
            Assert.Contains(files[0].Service, each => $"{files[0].Package}.{each.Name}" == service.Name);
            Assert.All(files.SelectMany(file => file.Dependency), import => Assert.Contains(import, names));
        }
    }

    [ContractTheory]
    [InlineData("protobus.ProtobusService.Publish", "protobus.proto")]
    [InlineData("protobus.EncapsulatedEvent", "protobus_event.proto")]
    [InlineData("protobus.EncapsulatedEvent.topic", "protobus_event.proto")]
    [InlineData("protobus.EncapsulatedEvent.TagsEntry", "protobus_event.proto")]
    [InlineData("protobus.Code", "protobus.proto")]
    [InlineData("protobus.OUT_OF_RANGE", "protobus.proto")]
    [InlineData("grpc.reflection.v1alpha.ServerReflectionRequest", "grpc/reflection/v1alpha/reflection.proto")]
    [InlineData("google.protobuf.Any", "google/protobuf/any.proto")]
    public async Task A_symbol_leads_to_the_file_that_declares_it(string symbol, string file) =>
        Assert.Equal(file, FilesOf(Assert.Single(await AskAsync(V1, new ServerReflectionRequest { FileContainingSymbol = symbol })))[0].Name);

    [ContractFact]
    public async Task Requests_are_answered_one_by_one_each_with_what_it_asked()
    {
        ServerReflectionRequest[] asked =
        [
            new() { Host = "h", FileByFilename = "protobus.proto" },
            new() { FileByFilename = "none.proto" },
            new() { FileContainingSymbol = "no.Such" },
            new() { FileContainingExtension = new ExtensionRequest { ContainingType = "protobus.Status", ExtensionNumber = 100 } },
            new() { AllExtensionNumbersOfType = "protobus.Status" },
            new() { AllExtensionNumbersOfType = "no.Such" },
            new(),
        ];
        var answers = await AskAsync(V1, asked);
        Assert.Equal(asked, answers.Select(answer => answer.OriginalRequest));
        Assert.Equal("h", answers[0].ValidHost);
        Assert.Equal("protobus.proto", FilesOf(answers[0])[0].Name);
        Assert.Equal([5, 5, 5, 5, 3], ((int[])[1, 2, 3, 5, 6]).Select(i => answers[i].ErrorResponse.ErrorCode));
        Assert.Equal("protobus.Status", answers[4].AllExtensionNumbersResponse.BaseTypeName);
    }

    [ContractFact]
    public async Task A_message_that_is_no_request_ends_the_call()
    {
        using var call = Door.Client.Open($"/{V1}.ServerReflection/ServerReflectionInfo");
        await call.SendAsync((byte[])[0x3A, 0x7F]);
        Assert.Equal(3, (await call.StatusAsync()).Code);
    }

    private static List<FileDescriptorProto> FilesOf(ServerReflectionResponse answer) =>
        [.. answer.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom)];

    private async Task<List<ServerReflectionResponse>> AskAsync(string package, params ServerReflectionRequest[] requests)
    {
        using var call = Door.Client.Open($"/{package}.ServerReflection/ServerReflectionInfo");
        var answers = new List<ServerReflectionResponse>();
        foreach (var request in requests)
        {
            await call.SendAsync(request.ToByteArray());
            answers.Add(ServerReflectionResponse.Parser.ParseFrom(await call.ReadAsync()));
        }

        call.Complete();
        Assert.Equal(0, (await call.StatusAsync()).Code);
        return answers;
    }
}
