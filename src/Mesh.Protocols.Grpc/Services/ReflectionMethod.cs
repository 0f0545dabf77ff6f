using Google.Protobuf;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.Services.Reflection;

namespace Mesh.Protocols.Grpc.Services;

/// <summary><c>ServerReflectionInfo</c>: tells clients that know nothing of the server which services it has, and what their messages look like.</summary>
/// <param name="files">What is described.</param>
/// <param name="services">Full names of the services that are served.</param>
internal sealed class ReflectionMethod(ServiceDescriptions files, IReadOnlyList<string> services)
{
    /// <summary>The method under both its names.</summary>
    public static readonly string[] Paths =
        [.. new[] { ReflectionPackage.V1, ReflectionPackage.V1Alpha }.Select(package => $"/{package}.ServerReflection/ServerReflectionInfo")];

    public async Task<GrpcStatus> RunAsync(GrpcCall call)
    {
        await call.StartAsync().ConfigureAwait(false);
        var asked = new MessageQueue();
        ReadOutcome outcome;
        do
        {
            await call.ReadAsync().ConfigureAwait(false);
            outcome = call.Take(asked);
            while (asked.TryDequeue(out var message)) call.Write(Answer(Parse(message)).ToByteArray());
            await call.FlushAsync().ConfigureAwait(false);
        }
        while (outcome != ReadOutcome.End);
        return GrpcStatus.Ok;
    }

    private static ServerReflectionRequest Parse(byte[] message)
    {
        try
        {
            return ServerReflectionRequest.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException wrong)
        {
            throw new GrpcException(StatusCode.InvalidArgument, $"The message is no request of server reflection: {wrong.Message}");
        }
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse { Service = { services.Select(name => new ServiceResponse { Name = name }) } };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                Put(response, files.FindFile(request.FileByFilename), $"There is no file {request.FileByFilename}.");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                Put(response, files.FindSymbol(request.FileContainingSymbol), $"Nothing here is called {request.FileContainingSymbol}.");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                Put(response, null, $"{request.FileContainingExtension.ContainingType} has no extension {request.FileContainingExtension.ExtensionNumber} here.");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType when files.Messages.Contains(request.AllExtensionNumbersOfType):
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                Put(response, null, $"There is no message {request.AllExtensionNumbersOfType}.");
                break;
            default:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "The request asks for nothing.");
                break;
        }

        return response;
    }

    private static void Put(ServerReflectionResponse response, IReadOnlyList<ByteString>? found, string otherwise)
    {
        if (found is null) response.ErrorResponse = Error(StatusCode.NotFound, otherwise);
        else response.FileDescriptorResponse = new FileDescriptorResponse { FileDescriptorProto = { found } };
    }

    private static ErrorResponse Error(StatusCode code, string message) => new() { ErrorCode = (int)code, ErrorMessage = message };
}
