using System.Net.Sockets;
using System.Text;

namespace Mesh.Protocols.Http.Tests;

/// <summary>Sends bytes as they are, which no tidy client does.</summary>
internal static class RawHttp
{
    /// <summary>Sends one or several requests, of which the last asks the server to close, and reads until it does.</summary>
    public static async Task<string> ExchangeAsync(Uri server, string requests)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, limit.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(requests), limit.Token);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(limit.Token);
    }
}
