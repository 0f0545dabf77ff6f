using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Mesh.Testing;
using Mesh.Testing.Grpc;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

public sealed class ProtocolTests
{
    private const string Publish = "/protobus.ProtobusService/Publish";

    [Theory]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    public async Task Only_grpc_with_protobuf_is_served(string contentType, HttpStatusCode expected)
    {
        await using var host = await GrpcHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, Publish)) { Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Another_http_method_is_not_allowed()
    {
        await using var host = await GrpcHost.StartAsync();
        using var response = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, Publish)));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("/protobus.ProtobusService/Nothing")]
    [InlineData("/other.Service/Publish")]
    public async Task An_unknown_method_is_unimplemented_and_says_which_there_are(string path)
    {
        await using var host = await GrpcHost.StartAsync();
        using var call = host.Client.Open(path);
        var status = await call.StatusAsync();
        Assert.Equal(HttpStatusCode.OK, (await call.Response).StatusCode);
        Assert.Equal((12, true), (status.Code, status.InHeaders));
        Assert.Contains(Publish, status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_names_its_type_and_the_encodings_that_are_taken()
    {
        await using var host = await GrpcHost.StartAsync();
        using var subscriber = await host.SubscribeAsync([]);
        var response = await subscriber.Call.Response;
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("identity,gzip", Assert.Single(response.Headers.GetValues("grpc-accept-encoding")));
    }

    [Fact]
    public async Task A_message_in_an_unknown_encoding_is_unimplemented_and_one_without_any_is_internal()
    {
        await using var host = await GrpcHost.StartAsync();
        using var unknown = host.Publish(("grpc-encoding", "snappy"));
        await unknown.SendRawAsync(GrpcClientCall.Frame([1, 2, 3], compressed: true));
        Assert.Equal(12, (await unknown.StatusAsync()).Code);
        Assert.Equal("identity,gzip", Assert.Single((await unknown.Response).Headers.GetValues("grpc-accept-encoding")));

        using var none = host.Publish();
        await none.SendRawAsync(GrpcClientCall.Frame([1, 2, 3], compressed: true));
        Assert.Equal(13, (await none.StatusAsync()).Code);
    }

    [Fact]
    public async Task A_deadline_that_passes_ends_a_publish_stream_and_keeps_what_came()
    {
        var clock = new ManualClock();
        await using var host = await GrpcHost.StartAsync(clock: clock);
        using var subscriber = await host.SubscribeAsync([]);
        using var call = host.Publish(("grpc-timeout", "10S"));
        await call.SendAsync(new EncapsulatedEvent { Topic = "t" }.ToByteArray());
        Assert.Equal("t", (await subscriber.NextAsync()).Topic);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(4, (await call.StatusAsync()).Code);
        Assert.Equal(1, (await host.Events.StateAsync()).Length);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("S")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    public async Task A_malformed_deadline_is_refused(string timeout)
    {
        await using var host = await GrpcHost.StartAsync();
        using var call = host.Publish(("grpc-timeout", timeout));
        var status = await call.StatusAsync();
        Assert.Equal(13, status.Code);
        Assert.Contains($"'{timeout}'", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_ends_within_a_message_is_refused_and_what_came_before_stays()
    {
        await using var host = await GrpcHost.StartAsync();
        using var call = host.Publish();
        await call.SendRawAsync((byte[])[.. GrpcClientCall.Frame(new EncapsulatedEvent { Topic = "t" }.ToByteArray()), 0, 0, 0, 0, 9, 1]);
        call.Complete();
        var status = await call.StatusAsync();
        Assert.Equal(13, status.Code);
        Assert.Contains("6 bytes", status.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await host.Events.StateAsync()).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_method_that_takes_one_message_refuses_any_other_number(int messages)
    {
        await using var host = await GrpcHost.StartAsync();
        using var call = host.Client.Open("/protobus.ProtobusService/Subscribe");
        await call.SendRawAsync(Enumerable.Repeat(GrpcClientCall.Frame([]), messages).SelectMany(frame => frame).ToArray());
        call.Complete();
        Assert.Equal(12, (await call.StatusAsync()).Code);
    }

    [Fact]
    public async Task More_calls_than_the_limit_are_refused_instead_of_hanging()
    {
        await using var host = await GrpcHost.StartAsync(new GrpcOptions { CallsMax = 1 });
        using var first = await host.SubscribeAsync([]);
        using var second = host.OpenSubscription([]);
        var status = await second.Call.StatusAsync();
        Assert.Equal(8, status.Code);
        Assert.Contains("1 calls are open", status.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task Bytes_that_are_no_frames_end_the_call_and_the_connection_goes_on(int flag, bool oversized)
    {
        await using var host = await GrpcHost.StartAsync();
        using var call = host.Publish();
        await call.SendRawAsync((byte[])[(byte)flag, oversized ? (byte)0x7F : (byte)0, 0xFF, 0xFF, 0xFF]);
        Assert.Contains((await call.StatusAsync()).Code, (int[])[8, 13]);
        await host.PublishAsync("t");
    }
}
