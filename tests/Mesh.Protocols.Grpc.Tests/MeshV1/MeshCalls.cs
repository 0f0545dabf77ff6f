using System.Text;
using Google.Protobuf;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing.Grpc;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

/// <summary>Calls of <c>mesh.v1.Mesh</c>.</summary>
internal static class MeshCalls
{
    public static GrpcClientCall Open(this GrpcDoor door, string method) => door.Client.Open("/mesh.v1.Mesh/" + method);

    /// <summary>A call with one message, whatever the server sends.</summary>
    public static async Task<GrpcClientCall> OpenAsync(this GrpcDoor door, string method, IMessage request)
    {
        var call = door.Open(method);
        await call.SendAsync(request.ToByteArray());
        call.Complete();
        return call;
    }

    /// <summary>A call of one message each way that goes well.</summary>
    public static async Task<T> CallAsync<T>(this GrpcDoor door, string method, IMessage request, MessageParser<T> response)
        where T : IMessage<T>
    {
        using var call = await door.OpenAsync(method, request);
        var message = await call.ReadAsync();
        var status = await call.StatusAsync();
        Assert.True(status.Code == 0, status.ToString());
        return response.ParseFrom(message!);
    }

    /// <summary>How a call that is refused ends.</summary>
    public static async Task<GrpcClientStatus> RefusedAsync(this GrpcDoor door, string method, IMessage request)
    {
        using var call = await door.OpenAsync(method, request);
        var status = await call.StatusAsync();
        Assert.NotEqual(0, status.Code);
        return status;
    }

    public static Task<V1.AppendResponse> AppendAsync(this GrpcDoor door, string stream, params string[] bodies) =>
        door.CallAsync("Append", new V1.AppendRequest { Stream = stream, Records = { bodies.Select(Record) } }, V1.AppendResponse.Parser);

    public static Task<V1.ReadResponse> ReadAsync(this GrpcDoor door, V1.ReadRequest request) => door.CallAsync("Read", request, V1.ReadResponse.Parser);

    public static Task<V1.ReadResponse> ReadAsync(this GrpcDoor door, string stream, long from = 1) =>
        door.ReadAsync(new V1.ReadRequest { Stream = stream, From = from });

    public static V1.NewRecord Record(string body) => new() { Body = ByteString.CopyFromUtf8(body) };

    public static List<string> Bodies(this IEnumerable<V1.Record> records) => [.. records.Select(record => Encoding.UTF8.GetString(record.Body.Span))];
}
