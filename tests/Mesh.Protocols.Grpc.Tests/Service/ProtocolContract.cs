using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Mesh.Testing;
using Mesh.Testing.Grpc;
using Mesh.Testing.Postgres;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>What gRPC asks of a server.</summary>
public abstract class ProtocolContract(Func<Task<GrpcDoor>> open) : DoorContract<GrpcDoor>(open)
{
    private const string Publish = "/protobus.ProtobusService/Publish";

    [ContractTheory]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    public async Task Only_grpc_with_protobuf_is_served(string contentType, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Door.Address, Publish)) { Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var response = await Door.Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [ContractFact]
    public async Task Another_http_method_is_not_allowed()
    {
        using var response = await Door.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(Door.Address, Publish)));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [ContractTheory]
    [InlineData("/protobus.ProtobusService/Nothing")]
    [InlineData("/other.Service/Publish")]
    public async Task An_unknown_method_is_unimplemented_and_says_which_there_are(string path)
    {
        using var call = Door.Client.Open(path);
        var status = await call.StatusAsync();
        Assert.Equal(HttpStatusCode.OK, (await call.Response).StatusCode);
        Assert.Equal((12, true), (status.Code, status.InHeaders));
        Assert.Contains(Publish, status.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_response_names_its_type_and_the_encodings_that_are_taken()
    {
        using var subscriber = await Door.SubscribeAsync([]);
        var response = await subscriber.Call.Response;
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("identity,gzip", Assert.Single(response.Headers.GetValues("grpc-accept-encoding")));
    }

    [ContractFact]
    public async Task A_message_in_an_unknown_encoding_is_unimplemented_and_one_without_any_is_internal()
    {
        using var unknown = Door.Publish(("grpc-encoding", "snappy"));
        await unknown.SendRawAsync(GrpcClientCall.Frame([1, 2, 3], compressed: true));
        Assert.Equal(12, (await unknown.StatusAsync()).Code);
        Assert.Equal("identity,gzip", Assert.Single((await unknown.Response).Headers.GetValues("grpc-accept-encoding")));

        using var none = Door.Publish();
        await none.SendRawAsync(GrpcClientCall.Frame([1, 2, 3], compressed: true));
        Assert.Equal(13, (await none.StatusAsync()).Code);
    }

    [ContractTheory]
    [InlineData("10")]
    [InlineData("S")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    public async Task A_malformed_deadline_is_refused(string timeout)
    {
        using var call = Door.Publish(("grpc-timeout", timeout));
        var status = await call.StatusAsync();
        Assert.Equal(13, status.Code);
        Assert.Contains($"'{timeout}'", status.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task A_stream_that_ends_within_a_message_is_refused_and_what_came_before_stays()
    {
        using var call = Door.Publish();
        await call.SendRawAsync((byte[])[.. GrpcClientCall.Frame(new EncapsulatedEvent { Topic = "t" }.ToByteArray()), 0, 0, 0, 0, 9, 1]);
        call.Complete();
        var status = await call.StatusAsync();
        Assert.Equal(13, status.Code);
        Assert.Contains("6 bytes", status.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await Door.Events.StateAsync()).Length);
    }

    [ContractTheory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_method_that_takes_one_message_refuses_any_other_number(int messages)
    {
        using var call = Door.Client.Open("/protobus.ProtobusService/Subscribe");
        await call.SendRawAsync(Enumerable.Repeat(GrpcClientCall.Frame([]), messages).SelectMany(frame => frame).ToArray());
        call.Complete();
        Assert.Equal(12, (await call.StatusAsync()).Code);
    }

    [ContractTheory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task Bytes_that_are_no_frames_end_the_call_and_the_connection_goes_on(int flag, bool oversized)
    {
        using var call = Door.Publish();
        await call.SendRawAsync((byte[])[(byte)flag, oversized ? (byte)0x7F : (byte)0, 0xFF, 0xFF, 0xFF]);
        Assert.Contains((await call.StatusAsync()).Code, (int[])[8, 13]);
        await Door.PublishAsync("t");
    }
}
