using System.Net;
using System.Text;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests;

/// <summary>An open door, whoever holds it.</summary>
/// <param name="endPoint">Where it listens.</param>
/// <param name="mesh">What it leads to.</param>
public class RespDoor(IPEndPoint endPoint, IMesh mesh) : IAsyncDisposable
{
    public IMesh Mesh { get; } = mesh;

    public IPEndPoint EndPoint { get; } = endPoint;

    public string Port => EndPoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public Task<RespWire> ConnectAsync() => RespWire.ConnectAsync(EndPoint);

    /// <summary>Sends bytes in pieces and reads until so many bytes came, or the server closed.</summary>
    public Task<string> ExchangeAsync(byte[] request, int pieceBytes, int replyBytes) => RespExchange.RunAsync(EndPoint, request, pieceBytes, replyBytes);

    /// <summary>Sends bytes and reads until the server closes.</summary>
    public Task<string> ExchangeUntilClosedAsync(string request) => RespExchange.UntilClosedAsync(EndPoint, Encoding.Latin1.GetBytes(request));

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
