using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Mesh.Testing.Processes;

/// <summary>The two calls of protobus by plain HTTP/2, for events with a topic alone.</summary>
public static class GrpcCalls
{
    private const string Service = "protobus.ProtobusService/";

    public static HttpClient NewClient() => new() { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

    /// <returns>The status in the trailers.</returns>
    public static async Task<string> PublishAsync(HttpClient client, Uri server, string topic)
    {
        using var answer = await client.SendAsync(Request(server, "Publish", Field(1, topic)));
        await answer.Content.ReadAsByteArrayAsync();
        return answer.TrailingHeaders.GetValues("grpc-status").Single();
    }

    /// <summary>Subscribes to topics that begin with the pattern; active when the call returns.</summary>
    public static Task<HttpResponseMessage> SubscribeAsync(HttpClient client, Uri server, string pattern) =>
        client.SendAsync(Request(server, "Subscribe", Field(1, pattern)), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Reads one message and gives the event's topic.</summary>
    public static async Task<string> ReadTopicAsync(Stream body)
    {
        var header = new byte[5];
        await body.ReadExactlyAsync(header);
        var message = new byte[(header[3] << 8) + header[4]];
        await body.ReadExactlyAsync(message);
        return TopicOf(message);
    }

    /// <summary>Fields may come in any order; those of an event with a topic alone are shorter than 128 bytes.</summary>
    private static string TopicOf(ReadOnlySpan<byte> message)
    {
        const byte Topic = (1 << 3) | 2;
        while (message[0] != Topic) message = (message[0] & 7) == 2 ? message[(2 + message[1])..] : message[2..];
        return Encoding.UTF8.GetString(message.Slice(2, message[1]));
    }

    private static HttpRequestMessage Request(Uri server, string method, byte[] message)
    {
        var content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return new HttpRequestMessage(HttpMethod.Post, new Uri(server, Service + method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
            Headers = { { "te", "trailers" } },
        };
    }

    private static byte[] Field(int number, string text) => [(byte)((number << 3) | 2), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
}
